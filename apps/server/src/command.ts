import { listedCode, printable, TransferError } from '@ftp/protocol'
import { Output, OutputClosed, watchTerminal } from '@ftp/terminal'
import { commandLine } from './command-line.ts'
import type { Context } from './commands/context.ts'

const { stdin, stdout, stderr } = process
const stopping = new AbortController()
const stop = (): void => {
  if (stopping.signal.aborted) process.exit(0)
  stopping.abort()
}
process.on('SIGINT', stop).on('SIGTERM', stop)
let reopen = (): void => {}
const isTerminalGone = watchTerminal([stdin, stdout, stderr])
process.on('SIGHUP', () => (isTerminalGone() ? stop() : reopen()))

const output = new Output(stdout, stopping.signal)
// A program that is ending waits at most half a second for its last messages to be written.
const errors = new Output(stderr, AbortSignal.abort(), 'standard error')

const context: Context = {
  ...{ stdin, output, stderr, signal: stopping.signal },
  onHangup(action) {
    reopen = action
  },
}

/** Thrown after help has been shown, or if the arguments are wrong. */
class Ended extends Error {
  readonly code: number

  constructor(code: number) {
    super(`ended with ${code}`)
    this.code = code
  }
}

async function run(): Promise<number> {
  let help = ''
  const end = (code: number): never => {
    throw new Ended(code)
  }
  try {
    const command = commandLine(
      (action) => action(context),
      end,
      (text) => {
        help += text
      },
    )
    await command.parseAsync()
    return 0
  } catch (error) {
    if (!(error instanceof Ended)) throw error
    if (help !== '') await output.write(help)
    return error.code
  }
}

/** Runs an action and prints its error. @returns the exit code of the program */
async function codeOf(action: () => Promise<number>): Promise<number> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof OutputClosed) return 1
    const failure = TransferError.from(error)
    await errors.write(`ftp-server: ${printable(failure.message)}\n`).catch(() => {})
    return exitCode(failure)
  }
}

/** Exit codes 7 and 130 mean the same as in the client. */
function exitCode({ code }: TransferError): number {
  switch (listedCode(code)) {
    case 'checksum':
      return 7
    case 'cancelled':
      return 130
    case 'internal':
      return 1
    default:
      return 2
  }
}

process.exit(await codeOf(run))
