import path from 'node:path'
import readline from 'node:readline'
import { folderOf } from '../command-context.ts'
import { candidatesFor } from '../completion/complete.ts'
import { unfinished } from '../lexer.ts'
import { keepLines, keptLines } from './history.ts'
import type { Shell } from './shell.ts'

/** The typed text: complete lines (several if they were pasted), and the text after the last of them. */
interface Answer {
  readonly lines: readonly string[]
  readonly rest: string
  /** Whether it ended with Ctrl-D. */
  readonly ended: boolean
}

/**
 * Asks for lines and runs them until `exit` or Ctrl-D. Ctrl-C ends the running command, or clears the line.
 */
export async function runInteractive(shell: Shell): Promise<number> {
  const { context, jobs } = shell
  context.stderr.write('Type help for the commands, exit to leave. Tab completes names.\n')
  const typed: string[] = []
  let rest = ''
  let warned = false
  while (!shell.ended) {
    for (const ended of jobs.takeEnded()) context.stderr.write(`${ended}\n`)
    if (typed.length === 0) {
      const answer = await ask(shell, rest)
      typed.push(...answer.lines)
      rest = answer.rest
      shell.ended = answer.ended
    }
    const line = typed.shift()
    if (line !== undefined) await shell.run(line)
    if (!shell.ended || jobs.running === 0 || warned) continue
    warned = true
    shell.ended = false
    context.stderr.write('Jobs are running: wait for them, or exit again to stop them.\n')
  }
  await jobs.stop()
  return 0
}

/** The terminal is raw only while a line is being typed: otherwise nothing would receive Ctrl-C. */
function ask(shell: Shell, initial: string): Promise<Answer> {
  const { context } = shell
  const file = path.join(folderOf(context), 'history')
  return new Promise((resolve) => {
    const lines: string[] = []
    let closed = false
    const terminal = readline.createInterface({
      input: context.stdin,
      output: context.stdout,
      prompt: shell.prompt,
      history: keptLines(file),
      historySize: 1_000,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) =>
        void offer(shell, line).then((result) => {
          // The line may have been entered in the meantime.
          if (!closed) done(null, result)
        }),
    })
    const finish = (): void => {
      resolve({ lines, rest: terminal.line, ended: false })
      terminal.close()
    }
    terminal
      .on('history', (all: string[]) => keepLines(file, all))
      .on('SIGINT', () => {
        context.stdout.write('^C\n')
        terminal.write(null, { ctrl: true, name: 'e' })
        terminal.write(null, { ctrl: true, name: 'u' })
        terminal.prompt()
      })
      // Ctrl-D, unless lines came before.
      .on('close', () => {
        closed = true
        if (lines.length === 0) context.stdout.write('\n')
        resolve({ lines, rest: '', ended: true })
      })
      // Lines that arrived at once have all been emitted by the end of this turn of the event loop.
      .on('line', (line) => lines.push(line) === 1 && setImmediate(finish))
    terminal.prompt()
    if (initial !== '') terminal.write(initial)
  })
}

/** The completions that Tab offers, and the part of the line that they complete. */
async function offer(shell: Shell, line: string): Promise<[string[], string]> {
  const { raw } = unfinished(line)
  if (line.trimStart().startsWith('!')) return [[], raw]
  try {
    const found = await candidatesFor(line, shell.program(), shell.names)
    const hits = found.map((each) => each.replace(/[\s\\'"*?[\]#&]/g, '\\$&'))
    const [only] = hits
    return [hits.length === 1 && !only?.endsWith('/') ? [`${only} `] : hits, raw]
  } catch {
    return [[], raw]
  }
}
