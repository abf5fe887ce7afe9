import v8 from 'node:v8'
import { fromErrno, HOME, TransferError } from '@ftp/protocol'
import { type Context, type GlobalOptions, reportFailure, reportSummary } from './command-context.ts'
import { commandLine } from './command-line/program.ts'

// Thousands of small files make thousands of small buffers, and allocating each of them separately would keep
// the garbage collector busy.
Buffer.poolSize = 524_288
// Collect garbage before it is several times the size of the memory in use.
v8.setFlagsFromString('--heap-growing-percent=40')

/** How long the reader of an interrupted command may take to read its last lines, in milliseconds. */
const LAST_LINES_MS = 2_000

const interrupt = new AbortController()
let onInterrupt = (): void => {
  if (interrupt.signal.aborted) process.exit(130)
  interrupt.abort(new TransferError('aborted', 'interrupted; run the same command again to continue'))
}
process.on('SIGINT', () => onInterrupt())
process.on('SIGTERM', () =>
  interrupt.abort(new TransferError('aborted', 'terminated; run the same command again to continue')),
)
// A program that reads this output may stop early, as head(1) does.
process.stdout.on('error', () =>
  interrupt.abort(new TransferError('io', 'the output was closed before the end')),
)

// If nobody reads the errors, that is no reason to stop.
process.stderr.on('error', () => {})

// Nothing that waits for input goes on. Whoever reads a terminal has restored its mode by then.
interrupt.signal.addEventListener('abort', () =>
  queueMicrotask(() => process.stdin.on('error', () => {}).destroy(interrupt.signal.reason)),
)

const program = commandLine(execute, (code) => process.exit(code))
const args = process.argv.slice(2)
const { operands, unknown } = program.parseOptions(args)
const isAlone = operands.length + unknown.length === 0
if (isAlone && process.stdin.isTTY && process.stdout.isTTY) args.push('shell')
await program.parseAsync(args, { from: 'user' })
// A stream that nobody reads to its end must not keep the program alive.
process.stdin.destroy()
// Nor may a reader that takes no output keep an interrupted program alive for long.
if (interrupt.signal.aborted && process.stdout.writableLength > 0)
  setTimeout(() => process.exit(), LAST_LINES_MS).unref()

async function execute(
  command: string,
  options: GlobalOptions,
  run: (context: Context) => Promise<number>,
): Promise<void> {
  const context = contextOf(command, options)
  try {
    process.exitCode = await run(context)
  } catch (error) {
    const failure = fromErrno(interrupt.signal.aborted ? interrupt.signal.reason : error)
    if (failure.code === 'internal') context.stderr.write(`${failure.stack}\n`)
    reportFailure(context, failure)
    process.exitCode = reportSummary(context, { done: 0, failed: 1, codes: [failure.code] })
  }
}

function contextOf(command: string, options: GlobalOptions): Context {
  const { stdin, stdout, stderr, env: environment } = process
  const { signal } = interrupt
  return {
    ...{ command, options, environment, stdin, stdout, stderr, signal },
    started: performance.now(),
    here: { local: '', remote: HOME },
    onInterrupt: takeOverInterrupt,
  }
}

function takeOverInterrupt(handler: () => void): Disposable {
  const before = onInterrupt
  onInterrupt = handler
  return {
    [Symbol.dispose]: () => {
      onInterrupt = before
    },
  }
}
