import { printable } from '@ftp/protocol'
import { formatBytes, formatSeconds } from '../text/format.ts'
import { beginning, columnsOf, ending } from './columns.ts'

/** The values that a progress line shows. */
export interface LineState {
  readonly name: string
  readonly phase: string
  readonly position: number
  /** Undefined until it is known. */
  readonly size: number | undefined
  readonly bytesPerSecond: number
  /** The measure of the bar and of the time left, if that is not the bytes alone. */
  readonly work?: Pick<LineState, 'position' | 'size' | 'bytesPerSecond'>
}

/** Columns of the name: those that a bar of full length leaves, within these bounds. */
const NAME_WIDTH = { least: 24, most: 48, beside: 88 }

/**
 * A progress bar that takes at most `columns` of a terminal. If it does not fit, parts are left out from the
 * right.
 */
export function line(state: LineState, columns: number): string {
  const name = fit(printable(state.name), nameWidth(columns))
  const percent = state.size === undefined ? '' : `${Math.floor(share(state) * 100)}%`.padStart(4)
  const amount = formatBytes(state.position).padStart(10)
  const speed =
    state.bytesPerSecond > 0 ? `${formatBytes(state.bytesPerSecond)}/s`.padStart(12) : ''.padStart(12)
  const rest = remaining(state)
  const text = [percent, amount, speed, rest.padStart(7), state.phase].join(' ')
  const width = Math.min(40, columns - columnsOf(name) - text.length - 3)
  const middle = width < 4 ? '' : ` ${state.size === undefined ? ' '.repeat(width) : bar(state, width)}`
  return beginning(`${name}${middle} ${text}`, columns)
}

function nameWidth(columns: number): number {
  const { least, most, beside } = NAME_WIDTH
  return Math.max(8, Math.min(columns - 56, most, Math.max(least, columns - beside)))
}

function share(state: LineState): number {
  const { position, size } = state.work ?? state
  if (size === undefined) return 0
  return size === 0 ? 1 : Math.min(1, position / size)
}

function bar(state: LineState, width: number): string {
  const filled = Math.floor(share(state) * width)
  return '█'.repeat(filled) + '░'.repeat(width - filled)
}

function remaining(state: LineState): string {
  const { position, size, bytesPerSecond } = state.work ?? state
  if (size === undefined || bytesPerSecond === 0 || position >= size) return ''
  return formatSeconds((size - position) / bytesPerSecond)
}

/** Shortens a name in the middle, so that both its beginning and its extension stay visible. */
function fit(name: string, width: number): string {
  const tail = ending(name, Math.floor(width / 3))
  const shown = columnsOf(name) <= width ? name : `${beginning(name, width - columnsOf(tail) - 1)}…${tail}`
  return shown + ' '.repeat(Math.max(0, width - columnsOf(shown)))
}
