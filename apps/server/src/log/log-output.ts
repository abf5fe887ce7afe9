import { pino } from 'pino'
import type { LogOptions } from './log.ts'
import { textLine } from './text-line.ts'

/** Lines that nobody takes are dropped beyond this many bytes: a full disk must not fill the memory. */
const WAITING_BYTES = 1_048_576

const STANDARD_ERROR = 2

/**
 * Where the log lines of all threads go: one writer, so that none tears another's.
 * @returns takes any number of complete lines
 */
export function openLogOutput({ format, file }: LogOptions): (lines: string) => void {
  const output = pino.destination({
    dest: file ?? STANDARD_ERROR,
    append: true,
    mode: 0o640,
    sync: false,
    maxLength: WAITING_BYTES,
  })
  // A log that cannot be written must not end the server.
  output.on('error', () => {})
  if (format === 'json') return (lines) => void output.write(lines)
  return (lines) => {
    for (const line of lines.split('\n')) if (line !== '') output.write(textLine(line))
  }
}
