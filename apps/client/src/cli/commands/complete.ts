import type { Command } from 'commander'
import type { Client } from '../../client.ts'
import type { Context } from '../command-context.ts'
import { candidatesFor, namesAt } from '../completion/complete.ts'
import { splitWords, unfinished } from '../lexer.ts'
import { openClient } from '../open-client.ts'

/** How long a server has to answer while somebody waits at a Tab. */
const TIMEOUT_MS = 2_000

/** `complete <line>`: what the shells ask for. Failures are not shown: they would appear in the line being typed. */
export async function complete(context: Context, line: string, program: Command): Promise<number> {
  const [, typed = ''] = /^\s*\S+\s+(.*)$/s.exec(line) ?? []
  using opened = new DisposableStack()
  let client: Promise<Client> | undefined
  try {
    // The options of the line say which server is meant.
    program.parseOptions(splitWords(unfinished(typed).before).words.map(({ text }) => text))
    const options = { ...context.options, ...program.opts(), quiet: true, timeout: TIMEOUT_MS, retryFor: 0 }
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(TIMEOUT_MS)])
    const names = namesAt(async () => {
      client ??= openClient({ ...context, options, signal })
      return opened.use(await client)
    })
    for (const candidate of await candidatesFor(typed, program, names)) context.stdout.write(`${candidate}\n`)
  } catch {
    // No candidates.
  }
  return 0
}
