import v8 from 'node:v8'
import { TransferError } from '@ftp/protocol'
import { runProgram } from './run-program.ts'

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
const terminate = (): void =>
  interrupt.abort(new TransferError('aborted', 'terminated; run the same command again to continue'))
process.on('SIGTERM', terminate)
// On Windows, this is Ctrl-Break; other systems do not have it.
process.on('SIGBREAK', terminate)
// Node.js does not preserve nohup(1)'s request to ignore this signal, but under nohup no stream is a
// terminal.
const hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)
process.on('SIGHUP', () => {
  if (hasTerminal) terminate()
})
// If nobody reads the errors, the program continues.
process.stderr.on('error', () => {})

// Everything that waits for input ends. Code that reads from a terminal has restored the terminal's mode by
// then.
interrupt.signal.addEventListener('abort', () =>
  queueMicrotask(() => process.stdin.on('error', () => {}).destroy(interrupt.signal.reason)),
)

const { stdin, stdout, stderr, env: environment } = process
process.exitCode = await runProgram(process.argv.slice(2), {
  ...{ environment, stdin, stdout, stderr, interrupt },
  onInterrupt: takeOverInterrupt,
})
// A stream that nobody reads to its end must not keep the program alive.
process.stdin.destroy()
// Nor may a reader that takes no output keep an interrupted program alive for long.
if (interrupt.signal.aborted && process.stdout.writableLength > 0)
  setTimeout(() => process.exit(), LAST_LINES_MS).unref()

function takeOverInterrupt(handler: () => void): Disposable {
  const before = onInterrupt
  onInterrupt = handler
  return {
    [Symbol.dispose]: () => {
      onInterrupt = before
    },
  }
}
