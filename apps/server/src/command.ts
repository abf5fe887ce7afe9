import { listedCode, printable, TransferError } from '@ftp/protocol'
import { Output, OutputError, usageFailure, wantsJson, watchTerminal } from '@ftp/terminal'
import { CommanderError } from 'commander'
import { commandLine } from './command-line.ts'
import { type Context, writeJson } from './commands/context.ts'

const { stdin, stdout, stderr } = process
const stopping = new AbortController()
const stop = (): void => {
  if (stopping.signal.aborted) process.exit(0)
  stopping.abort()
}
process.on('SIGINT', stop).on('SIGTERM', stop)
// On Windows, this is Ctrl-Break; other systems do not have it.
process.on('SIGBREAK', stop)
let reopen = (): void => {}
const isTerminalGone = watchTerminal([stdin, stdout, stderr])
process.on('SIGHUP', () => (isTerminalGone() ? stop() : reopen()))

const output = new Output(stdout, stopping.signal)
// A program that is ending waits at most half a second for its last messages to be written.
const errors = new Output(stderr, AbortSignal.abort(), 'standard error')

const json = wantsJson(process.argv.slice(2))

const context: Context = {
  ...{ stdin, output, stderr, json, signal: stopping.signal },
  onHangup(action) {
    reopen = action
  },
}

async function run(): Promise<number> {
  let help = ''
  const command = commandLine(
    (action) => action(context),
    (text) => {
      help += text
    },
  )
  try {
    await command.parseAsync()
    return 0
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) return await report(usageFailure(error))
    await output.write(help)
    return 0
  }
}

/** Runs an action and prints its error. @returns the exit code of the program */
async function codeOf(action: () => Promise<number>): Promise<number> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof OutputError && error.isClosed) return 1
    const failure = TransferError.from(error)
    await errors.write(`ftp-server: ${printable(failure.message)}\n`).catch(() => {})
    return await report(failure)
  }
}

/** Reports a failure to a program. @returns the exit code */
async function report(failure: TransferError): Promise<number> {
  const [code, exit] = [listedCode(failure.code), exitCode(failure)]
  const event = { event: 'error', code, message: failure.message, exitCode: exit }
  if (json && !(failure instanceof OutputError)) await writeJson(context, event).catch(() => {})
  return exit
}

/** Exit codes 7, 8 and 130 mean the same as in the client. */
function exitCode({ code }: TransferError): number {
  switch (listedCode(code)) {
    case 'checksum':
      return 7
    case 'no_space':
    case 'quota':
      return 8
    case 'cancelled':
      return 130
    case 'internal':
      return 1
    default:
      return 2
  }
}

process.exit(await codeOf(run))
