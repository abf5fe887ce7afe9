import { printableJson } from '@ftp/protocol'
import { type DestinationStream, type Logger, pino } from 'pino'

/** What the server tells whoever runs it. `log.warn({ address }, 'login refused')`: the fields, then the event. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>

export const LOG_LEVELS = ['info', 'warn', 'error', 'silent'] as const

/** How much is logged, in which form, and where. */
export interface LogOptions {
  /** Everything from this level on. */
  readonly level: (typeof LOG_LEVELS)[number]
  /** `json`: one object a line. `text`: lines for people. */
  readonly format: 'json' | 'text'
  /** Appended to; default: standard error. */
  readonly file?: string | undefined
}

let now = 0
let written = ''

/** The present in ISO 8601, as pino wants it; thousands of lines may be of one millisecond or two. */
function timestamp(): string {
  const time = Date.now()
  if (time !== now) written = `,"time":"${new Date(time).toISOString()}"`
  now = time
  return written
}

/**
 * A log whose lines, JSON objects with a line break each, go to `write`. Nothing in them can steer a terminal or
 * break a line: names and messages of clients are in there.
 */
export function createLog(level: LogOptions['level'], write: (line: string) => void): Log {
  const stream: DestinationStream = { write: (line) => write(printableJson(line)) }
  return pino({ level, base: null, timestamp }, stream)
}
