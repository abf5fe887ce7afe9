import type { Context } from '../command-context.ts'
import { get } from './get.ts'

/** `cat <remote...>`: writes files to standard output, one after another. */
export async function cat(context: Context, remotes: readonly string[]): Promise<number> {
  const quiet = { ...context, options: { ...context.options, quiet: true } }
  return await get(quiet, remotes, { output: '-', jobs: 1, streams: 1, ifExists: 'replace' })
}
