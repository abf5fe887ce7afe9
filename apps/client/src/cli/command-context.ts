import path from 'node:path'
import type { Readable } from 'node:stream'
import {
  type FailureCode,
  listedCode,
  printable,
  printableJson,
  type RemotePath,
  resolvePath,
  TransferError,
} from '@ftp/protocol'
import { OutputError, wrap } from '@ftp/terminal'
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
  /** Undefined if it is not given; a server that has never answered is then not tried again. */
  readonly retryFor?: number
  /** In bytes per second. */
  readonly limitRate?: number
}

/** The surroundings of a command, which does not own them: streams, environment and interrupt key. */
export interface Context {
  /** The command's name. */
  readonly command: string
  /** When the command began, according to performance.now(). */
  readonly started: number
  readonly options: GlobalOptions
  readonly environment: NodeJS.ProcessEnv
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Aborted by Ctrl-C, with the code `aborted`. */
  readonly signal: AbortSignal
  /** Passes Ctrl-C to another handler until the result is disposed of. */
  readonly onInterrupt: (handler: () => void) => Disposable
  readonly here: Here
  /** A client that is already open. The command uses it and leaves it open. */
  readonly client?: Client | undefined
  /** Counts the progress of the command, for callers that ask for it. */
  readonly total?: Total | undefined
}

/** The directories at which relative paths begin. */
export interface Here {
  /** The local directory; `''` is the one in which the program was started. */
  readonly local: string
  readonly remote: RemotePath
}

/** Resolves a remote path as it was typed. @throws TransferError `name` if it is no valid path */
export function remotePath({ here }: Context, typed: string): RemotePath {
  return resolvePath(typed, here.remote)
}

/** Resolves a local path as it was typed. */
export function localPath({ here }: Context, typed: string): string {
  return here.local === '' || path.isAbsolute(typed) ? typed : path.join(here.local, typed)
}

/** The client's configuration folder. */
export function folderOf({ options, environment }: Context): string {
  return configFolder(options.config, environment)
}

/**
 * Runs an action for each argument of a command that prints. A failure is reported, and the other arguments
 * go on.
 * @param action reports failures that do not end it by calling `fail`
 * @returns the exit code
 */
export async function forEach<T>(
  context: Context,
  items: readonly T[],
  action: (item: T, fail: (failure: TransferError) => void) => Promise<void>,
  nameOf: (item: T) => string = String,
): Promise<number> {
  const codes: FailureCode[] = []
  let failed = 0
  for (const item of items) {
    const before = codes.length
    const fail = (failure: TransferError): void => {
      codes.push(failure.code)
      reportFailure(context, failure, nameOf(item))
    }
    try {
      await action(item, fail)
    } catch (error) {
      context.signal.throwIfAborted()
      fail(TransferError.from(error))
    }
    if (codes.length > before) failed++
  }
  return reportSummary(context, { done: items.length - failed, failed, codes })
}

interface Ended extends Partial<Pick<TransferSummary, 'skipped' | 'failed' | 'bytes' | 'codes'>> {
  readonly done?: number
}

/**
 * Reports the last line for programs: how many items were done, and how many failed. @returns the exit code
 */
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

/** Reports a failure in one line, for people on standard error or for programs on standard output. */
export function reportFailure(context: Context, failure: TransferError, path?: string): void {
  // The program itself reports a failure of its output.
  if (failure instanceof OutputError) return
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
  } else {
    const text = wrap(`ftp-client: ${printable(message)}`, context.stderr.columns)
    context.stderr.write(`${text}\n${verbose ? detailsOf(failure) : ''}`)
  }
}

/** The causes of a failure, for --verbose. */
function detailsOf({ code, cause }: TransferError): string {
  const causes: string[] = []
  for (let next = cause; next instanceof Error; next = next.cause)
    causes.push(`  because: ${printable(next.message)}\n`)
  return `  code ${listedCode(code)}, exit ${exitOf(code)}\n${causes.join('')}`
}

/** Writes an event to standard output. See {@link jsonLine}. */
export function writeJson({ stdout }: Context, event: object): void {
  stdout.write(jsonLine(event))
}

/** An event in the form that programs read: one JSON object on a line of its own. */
export function jsonLine(event: object): string {
  return `${printableJson(JSON.stringify(event))}\n`
}
