import { Client } from '../client.ts'
import { openSession as openSessionTo } from '../connect.ts'
import type { Session } from '../session/session.ts'
import { type Context, folderOf } from './context.ts'
import { serverOf, sessionOptions } from './session-options.ts'

/** Connects to the server that the options ask for. */
export async function openClient(context: Context): Promise<Client> {
  return new Client(await openSession(context), folderOf(context))
}

/** Opens the session that the options ask for. */
export async function openSession(context: Context): Promise<Session> {
  if (context.session !== undefined) return context.session.until(context.signal)
  const session = await openSessionTo(serverOf(context), await sessionOptions(context))
  try {
    // What is said of the server comes before anything is said of files.
    await session.run(async () => {})
  } catch (error) {
    session[Symbol.dispose]()
    throw error
  }
  const { json, verbose } = context.options
  if (verbose && !json) context.stderr.write(`server ${session.server}\n`)
  return session
}
