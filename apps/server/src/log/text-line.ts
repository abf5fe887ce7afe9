import { printable } from '@ftp/protocol'

const LEVELS: Readonly<Record<number, string>> = { 30: 'info', 40: 'warn', 50: 'error' }

/**
 * Converts a line of the JSON log into one for people: time, level, event, and the other fields as
 * `key=value`.
 */
export function textLine(json: string): string {
  const { level, time, msg, ...fields }: Readonly<Record<string, unknown>> = JSON.parse(json)
  const clock = typeof time === 'string' ? time.replace('T', ' ').slice(0, 19) : ''
  const label = (LEVELS[Number(level)] ?? String(level)).padEnd(5)
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${word(value)}`)
  return `${clock} ${label} ${printable(String(msg))}${rest.join('')}\n`
}

/** The value as it is if it cannot be misread, otherwise in quotes. */
function word(value: unknown): string {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value))
  return /^[\p{L}\p{N}_.,:/@+-]+$/u.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`
}
