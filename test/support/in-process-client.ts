import { addAbortListener } from 'node:events'
import { PassThrough, Readable, type Writable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { runProgram } from '../../apps/client/src/cli/run-program.ts'
import type { ClientOptions } from './client-process.ts'
import { type ProgramEvent, parseEvents, type Result } from './program.ts'
import { TRANSPORT } from './transport.ts'
import { workIn } from './working-folder.ts'

interface RunOptions extends Pick<ClientOptions, 'port' | 'config' | 'global' | 'input'> {
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

/** What a command gets that runs in this process as if in one of its own. */
export type InFolderOptions = Pick<ClientOptions, 'port' | 'config' | 'global' | 'input' | 'env'> & {
  /** Its working directory. */
  readonly cwd: string
  /** Only a process of its own runs under another command. */
  readonly under?: never
}

/**
 * Runs a client command in this process, and in a folder. Everything but the process itself takes part, and it takes a
 * tenth of the time of a process.
 */
export async function runInFolder(
  args: readonly string[],
  { cwd, env, global = ['--json'], ...options }: InFolderOptions,
): Promise<Result> {
  using _folder = workIn(cwd)
  const stdout = new PassThrough()
  const [run, printed] = await Promise.all([
    runInto(stdout, args, { global, environment: env ?? {}, ...options }).finally(() => stdout.end()),
    buffer(stdout),
  ])
  const result = { signal: null, stdout: printed, events: parseEvents(printed.toString()) }
  return { ...result, code: run.code, stderr: run.text }
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
  { port, config, global = ['--json'], input, environment, flags = TRANSPORT.flags }: RunOptions,
  signal?: AbortSignal,
): Promise<Pick<Run, 'code' | 'text'>> {
  const server = environment?.['FTP_SERVER'] === undefined ? ['--server', `127.0.0.1:${port}`] : []
  const fixed = [...server, '--config', config, ...flags]
  return await runAs(stdout, [...fixed, ...global, ...args], { environment, input, signal })
}

/** What a command finds in its process. */
export interface ProcessOptions {
  readonly environment?: NodeJS.ProcessEnv | undefined
  /** The content of its standard input. */
  readonly input?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

/** Runs a command line as it is. @returns what it wrote to standard error */
export async function runAs(
  stdout: Writable,
  args: readonly string[],
  { environment = {}, input = '', signal = new AbortController().signal }: ProcessOptions,
): Promise<Pick<Run, 'code' | 'text'>> {
  const stderr = new PassThrough()
  const interrupt = new AbortController()
  using _abort = addAbortListener(signal, () => interrupt.abort(signal.reason))
  const code = await runProgram(args, {
    ...{ stdin: Readable.from([Buffer.from(input)]), stdout: terminal(stdout), stderr: terminal(stderr) },
    environment,
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
