import { printableJson } from '@ftp/protocol'
import { type DestinationStream, type Logger, pino } from 'pino'

/**
 * The server's messages to its operator. `log.warn({ address }, 'login refused')`: the fields, then the
 * event.
 */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>

/** From the most to the least verbose; with `silent`, nothing is logged. */
export const LOG_LEVELS = ['info', 'warn', 'error', 'silent'] as const

/** What is logged, in which form, and where. */
export interface LogOptions {
  /** The lowest level that is logged. */
  readonly level: (typeof LOG_LEVELS)[number]
  /** `json`: one object per line. `text`: lines for people. */
  readonly format: 'json' | 'text'
  /** A file to append to; default: standard error. */
  readonly file?: string | undefined
}

let now = 0
let written = ''

/**
 * The present time in ISO 8601, in the form that pino requires. It is cached, because thousands of lines may
 * have the same millisecond.
 */
function timestamp(): string {
  const time = Date.now()
  if (time !== now) written = `,"time":"${new Date(time).toISOString()}"`
  now = time
  return written
}

/**
 * A log that passes each line, a JSON object with a line break, to `write`. Lines contain names and messages
 * of clients, so they are escaped: nothing in them can control a terminal or break a line.
 */
export function createLog(level: LogOptions['level'], write: (line: string) => void): Log {
  const stream: DestinationStream = { write: (line) => write(printableJson(line)) }
  return pino({ level, base: null, timestamp }, stream)
}
