import type { Command } from 'commander'
import type { Client } from '../../client.ts'
import type { Context } from '../command-context.ts'
import { candidatesFor, namesAt } from '../completion/complete.ts'
import { splitWords, unfinished } from '../lexer.ts'
import { openClient } from '../open-client.ts'

/** How long a server has to answer while somebody waits for a completion, in milliseconds. */
const TIMEOUT_MS = 2_000

/**
 * `complete <line>`: answers the completion requests of shells. Failures are not shown, because they would
 * appear in the line that is being typed.
 */
export async function complete(context: Context, line: string, program: Command): Promise<number> {
  const [, typed = ''] = /^\s*\S+\s+(.*)$/s.exec(line) ?? []
  using opened = new DisposableStack()
  let client: Promise<Client> | undefined
  try {
    // The options on the line name the server.
    program.parseOptions(splitWords(unfinished(typed).before).words.map(({ text }) => text))
    const options = { ...context.options, ...program.opts(), quiet: true, timeout: TIMEOUT_MS, retryFor: 0 }
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(TIMEOUT_MS)])
    const names = namesAt(async () => {
      client ??= openClient({ ...context, options, signal })
      return opened.use(await client)
    })
    for (const candidate of await candidatesFor(typed, program, names)) context.stdout.write(`${candidate}\n`)
  } catch {
    // There are no candidates.
  }
  return 0
}
