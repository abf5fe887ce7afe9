import { printable } from '@ftp/protocol'
import { formatBytes, formatSeconds } from '../format.ts'

/** What a progress line shows. */
export interface LineState {
  readonly name: string
  readonly phase: string
  readonly position: number
  /** Undefined while nobody knows. */
  readonly size: number | undefined
  readonly bytesPerSecond: number
}

const NAME_WIDTH = 24

/** A progress bar of at most `columns` characters; what does not fit is left out from the right. */
export function line(state: LineState, columns: number): string {
  const name = fit(printable(state.name), Math.min(NAME_WIDTH, Math.max(8, columns - 56)))
  const percent = state.size === undefined ? '' : `${Math.floor(share(state) * 100)}%`.padStart(4)
  const amount = formatBytes(state.position).padStart(10)
  const speed =
    state.bytesPerSecond > 0 ? `${formatBytes(state.bytesPerSecond)}/s`.padStart(12) : ''.padStart(12)
  const rest = remaining(state)
  const text = [percent, amount, speed, rest.padStart(7), state.phase].join(' ')
  const width = Math.min(40, columns - name.length - text.length - 3)
  const middle = width >= 4 ? ` ${bar(state, width)}` : ''
  return `${name}${middle} ${text}`.slice(0, columns)
}

function share({ position, size }: LineState): number {
  if (size === undefined) return 0
  return size === 0 ? 1 : Math.min(1, position / size)
}

function bar(state: LineState, width: number): string {
  const filled = Math.floor(share(state) * width)
  return '█'.repeat(filled) + '░'.repeat(width - filled)
}

function remaining({ position, size, bytesPerSecond }: LineState): string {
  if (size === undefined || bytesPerSecond === 0 || position >= size) return ''
  return formatSeconds((size - position) / bytesPerSecond)
}

/** Shortened in the middle, so that both the beginning and the extension are seen. */
function fit(name: string, width: number): string {
  if (name.length <= width) return name.padEnd(width)
  const tail = Math.floor(width / 3)
  return `${name.slice(0, width - tail - 1)}…${name.slice(-tail)}`
}
