import { fromErrno, HOME, TransferError } from '@ftp/protocol'
import { Output, OutputError, wantsJson } from '@ftp/terminal'
import { CommanderError } from 'commander'
import { type Context, type GlobalOptions, reportFailure, reportSummary } from './command-context.ts'
import { commandLine } from './command-line/program.ts'
import { exitOf } from './exit-codes.ts'
import { commandNamed, reportUsage } from './usage.ts'

/** What the program gives to the command that it runs. */
export interface Surroundings
  extends Pick<Context, 'environment' | 'stdin' | 'stdout' | 'stderr' | 'onInterrupt'> {
  /** Aborted by Ctrl-C and, here, if the output cannot be written. */
  readonly interrupt: AbortController
}

/**
 * Runs a command line, and waits until its output has been accepted. If that fails, the command is stopped:
 * the reader has closed the pipe, as head(1) does, or the disk is full.
 * @returns the exit code, which is that of the output if only the output has failed
 */
export async function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, interrupt } = surroundings
  const output = new Output(stdout, interrupt.signal)
  stdout.on('error', () => interrupt.abort(output.failure))
  const exitCode = await runCommand(args, surroundings)
  try {
    await output.flush()
  } catch (error) {
    const { code, message } = TransferError.from(error)
    if (error instanceof OutputError && !error.isClosed) stderr.write(`ftp-client: ${message}\n`)
    return exitCode || exitOf(code)
  }
  return exitCode
}

async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdin, stdout, stderr } = surroundings
  let exitCode = 0
  const program = commandLine(async (command, options, action) => {
    exitCode = await execute(contextOf(command, options, surroundings), action)
  })
  const json = wantsJson(args)
  for (const each of [program, ...program.commands])
    each.configureOutput({
      writeOut: (text) => stdout.write(text),
      // A program learns of it from an event.
      writeErr: (text) => void (json || stderr.write(text)),
    })
  try {
    const { operands, unknown } = program.parseOptions([...args])
    const isAlone = operands.length + unknown.length === 0
    const shell = isAlone && stdin.isTTY && stdout.isTTY ? ['shell'] : []
    await program.parseAsync([...args, ...shell], { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const options = { ...program.opts<GlobalOptions>(), json }
    return reportUsage(contextOf(commandNamed(program, args), options, surroundings), error)
  }
}

async function execute(context: Context, action: (context: Context) => Promise<number>): Promise<number> {
  const { signal, stderr } = context
  try {
    return await action(context)
  } catch (error) {
    const failure = fromErrno(signal.aborted ? signal.reason : error)
    if (failure.code === 'internal') stderr.write(`${failure.stack}\n`)
    reportFailure(context, failure)
    return reportSummary(context, { done: 0, failed: 1, codes: [failure.code] })
  }
}

function contextOf(
  command: string,
  options: GlobalOptions,
  { interrupt, ...surroundings }: Surroundings,
): Context {
  return {
    ...{ command, options, ...surroundings, signal: interrupt.signal },
    started: performance.now(),
    here: { local: '', remote: HOME },
  }
}
