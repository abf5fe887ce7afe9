import type { Command } from 'commander'
import type { Session } from '../../session/session.ts'
import { candidatesFor, namesAt } from '../completion/complete.ts'
import type { Context } from '../context.ts'
import { splitWords, unfinished } from '../lexer.ts'
import { openSession } from '../open-session.ts'

/** How long a server has to answer while somebody waits at a Tab. */
const TIMEOUT_MS = 2_000

/** `complete <line>`: what the shells ask for. Failures are not shown: they would appear in the line being typed. */
export async function complete(context: Context, line: string, program: Command): Promise<number> {
  const [, typed = ''] = /^\s*\S+\s+(.*)$/s.exec(line) ?? []
  let session: Session | undefined
  try {
    // The options of the line say which server is meant.
    program.parseOptions(splitWords(unfinished(typed).before).words.map(({ text }) => text))
    const options = { ...context.options, ...program.opts(), quiet: true, timeout: TIMEOUT_MS, retryFor: 0 }
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(TIMEOUT_MS)])
    const names = namesAt(async () => {
      session ??= await openSession({ ...context, options, signal })
      return session
    })
    for (const candidate of await candidatesFor(typed, program, names)) context.stdout.write(`${candidate}\n`)
  } catch {
    // No candidates.
  }
  session?.[Symbol.dispose]()
  return 0
}
