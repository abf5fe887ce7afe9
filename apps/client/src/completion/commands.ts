import type { Command } from 'commander'
import type { Context } from '../commands/context.ts'
import { openSession } from '../commands/open-session.ts'
import type { Session } from '../session.ts'
import { splitWords, unfinished } from '../words.ts'
import { complete, namesAt } from './complete.ts'
import { SCRIPTS, type ShellName } from './scripts.ts'

/** How long a server has to answer while somebody waits at a Tab. */
const PATIENCE_MS = 2_000

/** `completion <shell>`: the lines that teach a shell. */
export async function completion({ stdout }: Context, shell: ShellName): Promise<number> {
  stdout.write(SCRIPTS[shell])
  return 0
}

/** `complete <line>`: what the shells ask for. Nothing is told of failures: whoever types would see it in the line. */
export async function tellCandidates(context: Context, line: string, program: Command): Promise<number> {
  const [, typed = ''] = /^\s*\S+\s+(.*)$/s.exec(line) ?? []
  let session: Session | undefined
  try {
    // The options of the line say which server is meant.
    program.parseOptions(splitWords(unfinished(typed).before).words.map(({ text }) => text))
    const options = { ...context.options, ...program.opts(), quiet: true, timeout: PATIENCE_MS, retryFor: 0 }
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(PATIENCE_MS)])
    const names = namesAt(async () => {
      session ??= await openSession({ ...context, options, signal })
      return session
    })
    for (const candidate of await complete(typed, program, names)) context.stdout.write(`${candidate}\n`)
  } catch {
    // No candidates.
  }
  session?.[Symbol.dispose]()
  return 0
}
