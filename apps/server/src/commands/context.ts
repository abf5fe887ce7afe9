import { printableJson, TransferError } from '@ftp/protocol'
import { alignColumns, type Output } from '@ftp/terminal'

/** The environment of a command. The command does not own the streams or the signal. */
export interface Context {
  readonly stdin: NodeJS.ReadStream
  readonly output: Output
  readonly stderr: NodeJS.WriteStream
  /** Print JSON objects instead of text. */
  readonly json: boolean
  /** Aborted by the first SIGINT or SIGTERM, and when the terminal is closed. */
  readonly signal: AbortSignal
  /** Calls `action` at each SIGHUP, unless the signal means that the terminal has been closed. */
  readonly onHangup: (action: () => void) => void
}

/** The lines of a table; none if it has no rows. */
export function tableOf(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : alignColumns([heading, ...rows])
}

/** Prints lines; resolves when they have been accepted. @throws whatever Output.write throws */
export async function writeLines({ output }: Context, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await output.write(`${lines.join('\n')}\n`)
}

export async function writeLine(context: Context, line: string): Promise<void> {
  await writeLines(context, [line])
}

export async function writeJson(context: Context, event: object): Promise<void> {
  await writeLine(context, jsonLine(event))
}

/** Prints a result: an event for programs, or a line for people. */
export async function writeResult(context: Context, event: object, line: string): Promise<void> {
  await writeLine(context, context.json ? jsonLine(event) : line)
}

/** An event as JSON in one line, without a line break at its end, that cannot control a terminal. */
export function jsonLine(event: object): string {
  return printableJson(JSON.stringify(event))
}

/** A command calls this at intervals. @throws TransferError `cancelled` if the command is to stop */
export function requireGoing({ signal }: Context): void {
  if (signal.aborted) throw new TransferError('cancelled', 'interrupted before the end')
}
