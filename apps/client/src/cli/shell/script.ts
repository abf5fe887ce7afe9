import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fromErrno, printable } from '@ftp/protocol'
import { openToRead } from '../../transfer/local/named-pipe.ts'
import { localPath } from '../command-context.ts'
import type { Shell } from './shell.ts'

/** The exit code of an interrupted command, after which no script continues. */
const INTERRUPTED = 130

/**
 * Runs the lines of files or of standard input, one after another.
 *
 * The first line that fails ends the script with the exit code of that line. A line that begins with `-` may
 * fail. With `keepGoing`, all lines run, and the script's exit code is that of the first failure.
 * @param files paths of local files; if there are none, standard input is read
 */
export async function runScript(shell: Shell, files: readonly string[], keepGoing: boolean): Promise<number> {
  const { context } = shell
  let exitCode = 0
  const inputs =
    files.length === 0 ? [{ name: 'line', input: context.stdin }] : files.map((file) => open(shell, file))
  for (const { name, input } of inputs) {
    let number = 0
    const { signal } = context
    for await (const line of createInterface({ input, signal, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++
      const code = await shell.run(number === 1 ? line.replace(/^\ufeff/, '') : line)
      reportEnded(shell)
      if (code !== 0 && !/^\s*-/.test(line)) {
        exitCode ||= code
        if (!context.options.json)
          context.stderr.write(`ftp-client: ${printable(`${name} ${number}: ${line.trim()}`)}\n`)
        if (!keepGoing || code === INTERRUPTED) return await finish(shell, exitCode, true)
      }
      if (shell.ended) return await finish(shell, exitCode, false)
    }
    signal.throwIfAborted()
  }
  return await finish(shell, exitCode, false)
}

async function finish(shell: Shell, exitCode: number, stop: boolean): Promise<number> {
  if (stop) await shell.jobs.stop()
  const waited = await shell.jobs.wait(undefined, shell.context.signal)
  reportEnded(shell)
  return exitCode || waited
}

function reportEnded({ jobs, context }: Shell): void {
  for (const ended of jobs.takeEnded()) context.stderr.write(`${ended}\n`)
}

function open({ context }: Shell, file: string): { readonly name: string; readonly input: Readable } {
  try {
    return { name: `${file}, line`, input: openToRead(localPath(context, file), context.signal) }
  } catch (error) {
    throw fromErrno(error, `"${printable(file)}"`)
  }
}
