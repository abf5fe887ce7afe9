import { listedCode, printable, TransferError } from '@ftp/protocol'
import { Output, OutputError, usageFailure, wantsJson } from '@ftp/terminal'
import { CommanderError } from 'commander'
import { commandLine } from './command-line.ts'
import { type Context, writeJson } from './commands/context.ts'

/** What the program gives to the command that it runs. */
export interface Surroundings extends Pick<Context, 'stdin' | 'stderr' | 'signal' | 'onHangup'> {
  readonly stdout: NodeJS.WriteStream
}

/**
 * Runs a command line, waits until its output has been accepted, and prints its error.
 * @returns the exit code
 */
export async function runProgram(
  args: readonly string[],
  { stdout, ...surroundings }: Surroundings,
): Promise<number> {
  const json = wantsJson(args)
  const context: Context = { ...surroundings, output: new Output(stdout, surroundings.signal), json }
  // A program that is ending waits at most half a second for its last messages to be written.
  const errors = new Output(context.stderr, AbortSignal.abort(), 'standard error')
  try {
    return await run(args, context)
  } catch (error) {
    if (error instanceof OutputError && error.isClosed) return 1
    const failure = TransferError.from(error)
    await errors.write(`ftp-server: ${printable(failure.message)}\n`).catch(() => {})
    return await report(failure, context)
  }
}

async function run(args: readonly string[], context: Context): Promise<number> {
  let help = ''
  const command = commandLine(
    (action) => action(context),
    (text) => {
      help += text
    },
  )
  const { stderr } = context
  for (const each of [command, ...command.commands.flatMap((parent) => [parent, ...parent.commands])])
    each.configureOutput({ writeErr: (text) => void stderr.write(text) })
  try {
    await command.parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) return await report(usageFailure(error), context)
    await context.output.write(help)
    return 0
  }
}

/** Reports a failure to a program. @returns the exit code */
async function report(failure: TransferError, context: Context): Promise<number> {
  const [code, exit] = [listedCode(failure.code), exitCode(failure)]
  const event = { event: 'error', code, message: failure.message, exitCode: exit }
  if (context.json && !(failure instanceof OutputError)) await writeJson(context, event).catch(() => {})
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
