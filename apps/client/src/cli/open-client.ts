import type { Client } from '../client.ts'
import { open } from '../connect.ts'
import type { Context } from './command-context.ts'
import { openOptions, serverOf } from './open-options.ts'

/** Connects to the server that the options name. */
export async function openClient(context: Context): Promise<Client> {
  if (context.client !== undefined) return context.client.until(context.signal)
  const client = await open(serverOf(context), await openOptions(context))
  const { json, verbose } = context.options
  if (verbose && !json) context.stderr.write(`server ${client.server}\n`)
  return client
}
