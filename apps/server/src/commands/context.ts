import { printableJson, TransferError } from '@ftp/protocol'
import type { Output } from '@ftp/terminal'

/** What a command runs in: the streams and the signal to stop are not its own. */
export interface Context {
  readonly stdin: NodeJS.ReadStream
  readonly output: Output
  readonly stderr: NodeJS.WriteStream
  /** Aborted by the first SIGINT or SIGTERM, and when the terminal is closed. */
  readonly signal: AbortSignal
  /** Calls `action` at each SIGHUP that does not mean that the terminal has been closed. */
  readonly onHangup: (action: () => void) => void
}

/** Prints lines; resolves when they have been taken. @throws what Output.write throws */
export async function writeLines({ output }: Context, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await output.write(`${lines.join('\n')}\n`)
}

export async function writeLine(context: Context, line: string): Promise<void> {
  await writeLines(context, [line])
}

export async function writeJson(context: Context, event: object): Promise<void> {
  await writeLine(context, jsonLine(event))
}

export function jsonLine(event: object): string {
  return printableJson(JSON.stringify(event))
}

/** To be called by a command now and then. @throws TransferError `cancelled` once it is to stop */
export function requireGoing({ signal }: Context): void {
  if (signal.aborted) throw new TransferError('cancelled', 'interrupted before the end')
}
