import { addAbortListener } from 'node:events'
import { PassThrough, Readable, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runProgram } from '../../apps/client/src/cli/run-program.ts'
import type { ClientOptions } from './client-process.ts'
import { type ProgramEvent, parseEvents } from './program.ts'
import { TRANSPORT } from './transport.ts'

interface RunOptions extends Pick<ClientOptions, 'port' | 'config' | 'global'> {
  readonly environment?: NodeJS.ProcessEnv
  /** The options about encryption. Default: those of the transport that is tested. */
  readonly flags?: readonly string[]
}

/** A client command that has run in this process. */
export interface Run {
  readonly code: number
  readonly events: readonly ProgramEvent[]
  /** Everything that it wrote to standard output and standard error. */
  readonly text: string
}

/**
 * Runs a client command in this process, for tests that run hundreds of them. Everything but the process
 * itself takes part. Local paths must be absolute.
 * @param signal aborting it has the effect of Ctrl-C
 */
export async function runHere(
  args: readonly string[],
  options: Pick<ClientOptions, 'port' | 'config' | 'global'>,
  signal?: AbortSignal,
): Promise<Run> {
  const stdout = new PassThrough()
  const [run, lines] = await Promise.all([
    runInto(stdout, args, options, signal).finally(() => stdout.end()),
    text(stdout),
  ])
  return { code: run.code, events: parseEvents(lines), text: lines + run.text }
}

/** Does the same, but writes to a stream of the caller's. @returns what it wrote to standard error */
export async function runInto(
  stdout: Writable,
  args: readonly string[],
  { port, config, global = ['--json'], environment, flags = TRANSPORT.flags }: RunOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<Pick<Run, 'code' | 'text'>> {
  const stderr = new PassThrough()
  const interrupt = new AbortController()
  using _abort = addAbortListener(signal, () => interrupt.abort(signal.reason))
  const server = environment?.['FTP_SERVER'] === undefined ? ['--server', `127.0.0.1:${port}`] : []
  const fixed = [...server, '--config', config, ...flags]
  const code = await runProgram([...fixed, ...global, ...args], {
    ...{ stdin: Readable.from([]), stdout: terminal(stdout), stderr: terminal(stderr) },
    environment: environment ?? {},
    onInterrupt: () => ({ [Symbol.dispose]: () => {} }),
    interrupt,
  })
  stderr.end()
  return { code, text: await text(stderr) }
}

/** The members of the terminal's type that commands use exist in every stream. */
function terminal(stream: Writable): NodeJS.WriteStream {
  return stream as unknown as NodeJS.WriteStream
}
