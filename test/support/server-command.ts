import { PassThrough, Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { runProgram } from '../../apps/server/src/run-program.ts'
import { parseEvents, type Result } from './program.ts'

/**
 * Runs a command of the server in this process. Everything but the process itself takes part, and it takes a tenth of
 * the time. Paths must be absolute.
 * @param input the content of its standard input
 */
export async function runServerCommand(args: readonly string[], input = ''): Promise<Result> {
  const [stdin, stdout, stderr] = [Readable.from([Buffer.from(input)]), new PassThrough(), new PassThrough()]
  const surroundings = {
    ...{ stdin, stdout, stderr, signal: new AbortController().signal },
    onHangup: () => {},
  }
  const running = runProgram(args, surroundings as unknown as Parameters<typeof runProgram>[1]).finally(() =>
    [stdout, stderr].map((stream) => stream.end()),
  )
  const [code, printed, errors] = await Promise.all([running, buffer(stdout), text(stderr)])
  return { code, signal: null, stdout: printed, stderr: errors, events: parseEvents(printed.toString()) }
}
