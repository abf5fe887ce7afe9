import path from 'node:path'
import type { Readable } from 'node:stream'
import {
  listedCode,
  printable,
  printableJson,
  type RemotePath,
  resolvePath,
  TransferError,
} from '@ftp/protocol'
import type { Client } from '../client.ts'
import { configFolder } from '../profiles/config-folder.ts'
import type { TransferSummary } from '../queue/reporter.ts'
import { exitCodeOf, exitOf } from './exit-codes.ts'
import { summaryEvent } from './progress/summary.ts'
import type { Total } from './progress/total.ts'

/** The options that every command has. */
export interface GlobalOptions {
  readonly server?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly progress: boolean
  readonly plaintext?: boolean
  readonly fingerprint?: string
  readonly config?: string
  readonly passwordStdin?: boolean
  readonly timeout: number
  readonly retryFor: number
  /** Bytes a second. */
  readonly limitRate?: number
}

/** What a command runs in: the streams, the environment and the interrupt key are not its own. */
export interface Context {
  /** The command's name. */
  readonly command: string
  /** When it began, by performance.now(). */
  readonly started: number
  readonly options: GlobalOptions
  readonly environment: NodeJS.ProcessEnv
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Aborted with `aborted` by Ctrl-C. */
  readonly signal: AbortSignal
  /** Gives Ctrl-C to somebody else, until the result is disposed of. */
  readonly onInterrupt: (handler: () => void) => Disposable
  readonly here: Here
  /** Already open: the command uses it and leaves it open. */
  readonly client?: Client | undefined
  /** Somebody who wants to know how far it is. */
  readonly total?: Total | undefined
}

/** Where relative paths begin. */
export interface Here {
  /** On this machine; `''` is where the program was started. */
  readonly local: string
  readonly remote: RemotePath
}

/** A remote path as it was typed. @throws TransferError `name` */
export function remotePath({ here }: Context, typed: string): RemotePath {
  return resolvePath(typed, here.remote)
}

/** A local path as it was typed. */
export function localPath({ here }: Context, typed: string): string {
  return here.local === '' || path.isAbsolute(typed) ? typed : path.join(here.local, typed)
}

/** The client's own folder. */
export function folderOf({ options, environment }: Context): string {
  return configFolder(options.config, environment)
}

/**
 * Runs one action for each argument of a command that prints: a failure is shown and the others go on.
 * @returns the exit code
 */
export async function forEach<T>(
  context: Context,
  items: readonly T[],
  action: (item: T) => Promise<void>,
  nameOf: (item: T) => string = String,
): Promise<number> {
  const failures: TransferError[] = []
  for (const item of items) {
    try {
      await action(item)
    } catch (error) {
      context.signal.throwIfAborted()
      const failure = TransferError.from(error)
      failures.push(failure)
      reportFailure(context, failure, nameOf(item))
    }
  }
  const codes = failures.map(({ code }) => code)
  return reportSummary(context, { done: items.length - failures.length, failed: failures.length, codes })
}

interface Ended extends Partial<Pick<TransferSummary, 'skipped' | 'failed' | 'bytes' | 'codes'>> {
  readonly done?: number
}

/** The last line for programs: how many things were done and how many failed. @returns the exit code */
export function reportSummary(
  context: Context,
  { done = 1, skipped = 0, failed = 0, bytes = 0, codes = [] }: Ended = {},
): number {
  const { command, options, started } = context
  const seconds = (performance.now() - started) / 1_000
  const summary = { files: done, skipped, failed, codes, failures: [], bytes, moved: bytes, seconds }
  if (options.json) writeJson(context, summaryEvent(command, summary))
  return exitCodeOf(codes)
}

/** One line about a failure, for people on stderr or for programs on stdout. */
export function reportFailure(context: Context, failure: TransferError, path?: string): void {
  const { code, message } = failure
  const { json, verbose } = context.options
  if (json) {
    writeJson(context, {
      event: 'error',
      ...(path !== undefined && { path }),
      code: listedCode(code),
      message,
      exitCode: exitOf(code),
    })
  } else context.stderr.write(`ftp-client: ${printable(message)}\n${verbose ? detailsOf(failure) : ''}`)
}

/** What is behind a failure, for --verbose. */
function detailsOf({ code, cause }: TransferError): string {
  const causes: string[] = []
  for (let next = cause; next instanceof Error; next = next.cause)
    causes.push(`  because: ${printable(next.message)}\n`)
  return `  code ${listedCode(code)}, exit ${exitOf(code)}\n${causes.join('')}`
}

export function writeJson({ stdout }: Context, event: object): void {
  stdout.write(jsonLine(event))
}

/** An event as programs read it, a line of its own. */
export function jsonLine(event: object): string {
  return `${printableJson(JSON.stringify(event))}\n`
}
