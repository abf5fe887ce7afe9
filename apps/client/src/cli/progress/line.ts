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
  /** The reason why nothing moves, which is shown instead of the speed and the time left. */
  readonly standstill?: string | undefined
  /** The measure of the bar and of the time left, if that is not the bytes alone. */
  readonly work?: Pick<LineState, 'position' | 'size' | 'bytesPerSecond'>
}

/** Columns of the name: those that a bar of full length leaves, within these bounds. */
const NAME_WIDTH = { least: 24, most: 48, beside: 88 }

/** On fewer columns than these, there is no bar. */
const NARROW = 64
/** The minimum number of columns for the name if there is no bar. */
const NARROW_NAME = 14
/** The width of the speed and the time left. */
const STANDSTILL = 20

/**
 * A progress bar that takes at most `columns` of a terminal. If it does not fit, parts are left out from the
 * right.
 */
export function line(state: LineState, columns: number): string {
  if (columns < NARROW) return narrowLine(state, columns)
  const name = fit(printable(state.name), nameWidth(columns))
  const text = [percentOf(state).padStart(4), amountOf(state).padStart(10), tailOf(state)].join(' ')
  const width = Math.min(40, columns - columnsOf(name) - text.length - 3)
  const middle = width < 4 ? '' : ` ${state.size === undefined ? ' '.repeat(width) : bar(state, width)}`
  return beginning(`${name}${middle} ${text}`, columns)
}

/** The speed, the time left and the phase; or why nothing moves. */
function tailOf(state: LineState): string {
  if (state.standstill !== undefined) return state.standstill.padStart(STANDSTILL)
  return [speedOf(state).padStart(12), remaining(state).padStart(7), state.phase].join(' ')
}

/** A line without a bar and without columns. The name gets all the space that the numbers leave. */
function narrowLine(state: LineState, columns: number): string {
  const { standstill, phase } = state
  const all =
    standstill === undefined ? [amountOf(state), speedOf(state), remaining(state), phase] : [standstill]
  const parts = [percentOf(state), ...all].filter((part) => part !== '')
  while (parts.length > 1 && parts.join(' ').length > columns - NARROW_NAME - 1) parts.pop()
  const text = parts.join(' ')
  return beginning(`${fit(printable(state.name), columns - text.length - 1)} ${text}`, columns)
}

function percentOf(state: LineState): string {
  return state.size === undefined ? '' : `${Math.floor(share(state) * 100)}%`
}

function amountOf({ position }: LineState): string {
  return formatBytes(position)
}

function speedOf({ bytesPerSecond }: LineState): string {
  return bytesPerSecond > 0 ? `${formatBytes(bytesPerSecond)}/s` : ''
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
