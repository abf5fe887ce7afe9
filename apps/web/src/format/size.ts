import { lazily } from './lazily.ts'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const
const COUNT = lazily(() => new Intl.NumberFormat())
/** A format for each unit and number of digits; to make one takes longer than to use it a hundred times. */
const formats = new Map<string, Intl.NumberFormat>()

/** A number of bytes as the reader writes it: `4.2 MB`. */
export function formatSize(bytes: number): string {
  let power = 0
  let value = bytes
  while (value >= 999.5 && power < UNITS.length - 1) {
    value /= 1_000
    power++
  }
  return formatOf(UNITS[power] ?? 'byte', power > 0 && value < 99.95 ? 1 : 0).format(value)
}

/** A number as the reader writes it: `10,000`. */
export function formatCount(count: number): string {
  return COUNT().format(count)
}

function formatOf(unit: string, maximumFractionDigits: number): Intl.NumberFormat {
  const key = `${unit} ${maximumFractionDigits}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const unitDisplay = unit === 'byte' ? 'long' : 'short'
  const format = new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay, maximumFractionDigits })
  formats.set(key, format)
  return format
}
