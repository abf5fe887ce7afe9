import { printableJson } from '@ftp/protocol'

/** What a command runs in: the streams and the signal to stop are not its own. */
export interface Context {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
}

export function writeLine({ stdout }: Context, line: string): void {
  stdout.write(`${line}\n`)
}

export function writeJson(context: Context, event: object): void {
  writeLine(context, printableJson(JSON.stringify(event)))
}
