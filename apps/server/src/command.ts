import { printable, TransferError } from '@ftp/protocol'
import { commandLine } from './command-line.ts'
import type { Context } from './commands/context.ts'

const stopping = new AbortController()
const stop = (): void => {
  if (stopping.signal.aborted) process.exit(0)
  stopping.abort()
}
process.on('SIGINT', stop).on('SIGTERM', stop)

const program = commandLine(execute, (code) => process.exit(code))
await program.parseAsync()

async function execute(run: (context: Context) => Promise<void>): Promise<void> {
  const { stdin, stdout, stderr } = process
  try {
    await run({ stdin, stdout, stderr, signal: stopping.signal })
    process.exit(0)
  } catch (error) {
    const failure = TransferError.from(error)
    stderr.write(`ftp-server: ${printable(failure.message)}\n`)
    process.exit(exitCode(failure))
  }
}

/** 7 as with the client: what is stored is not what it was. */
function exitCode({ code }: TransferError): number {
  if (code === 'checksum') return 7
  return code === 'internal' ? 1 : 2
}
