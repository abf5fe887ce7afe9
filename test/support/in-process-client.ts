import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fromErrno, HOME } from '@ftp/protocol'
import { type Context, reportFailure } from '../../apps/client/src/cli/command-context.ts'
import { commandLine } from '../../apps/client/src/cli/command-line/program.ts'
import { exitOf } from '../../apps/client/src/cli/exit-codes.ts'
import type { ClientOptions } from './client-process.ts'
import { type ProgramEvent, parseEvents } from './program.ts'
import { TRANSPORT } from './transport.ts'

/** A client command that has run in this process. */
export interface Run {
  readonly code: number
  readonly events: readonly ProgramEvent[]
  /** Everything that it wrote to standard output and standard error. */
  readonly text: string
}

/**
 * Runs a client command in this process, for tests that run hundreds of them. Everything but `main.ts` takes
 * part. Local paths must be absolute.
 * @param signal aborting it has the effect of Ctrl-C
 */
export async function runHere(
  args: readonly string[],
  { port, config, global = ['--json'] }: Pick<ClientOptions, 'port' | 'config' | 'global'>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Run> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const output = Promise.all([text(stdout), text(stderr)])
  let code = 0
  const program = commandLine(async (command, options, run) => {
    const streams = { stdin: Readable.from([]), stdout: terminal(stdout), stderr: terminal(stderr) }
    const context: Context = {
      command,
      started: performance.now(),
      options,
      environment: {},
      signal,
      ...streams,
      here: { local: '', remote: HOME },
      onInterrupt: () => ({ [Symbol.dispose]: () => {} }),
    }
    try {
      code = await run(context)
    } catch (error) {
      const failure = fromErrno(signal.aborted ? signal.reason : error)
      reportFailure(context, failure)
      code = exitOf(failure.code)
    }
  })
  const fixed = ['--server', `127.0.0.1:${port}`, '--config', config, ...TRANSPORT.flags]
  await program.parseAsync([...fixed, ...global, ...args], { from: 'user' })
  stdout.end()
  stderr.end()
  const [lines, noise] = await output
  return { code, events: parseEvents(lines), text: lines + noise }
}

/** The members of the terminal's type that commands use exist in every stream. */
function terminal(stream: PassThrough): NodeJS.WriteStream {
  return stream as unknown as NodeJS.WriteStream
}
