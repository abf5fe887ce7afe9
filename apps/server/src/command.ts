import { watchTerminal } from '@ftp/terminal'
import { runProgram } from './run-program.ts'

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

const exitCode = await runProgram(process.argv.slice(2), {
  ...{ stdin, stdout, stderr, signal: stopping.signal },
  onHangup(action) {
    reopen = action
  },
})
process.exit(exitCode)
