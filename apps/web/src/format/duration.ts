const UNITS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', Number.POSITIVE_INFINITY],
] as const

/** A span of time as the reader writes it, in one unit: `40 sec`, `3 min`. */
export function formatDuration(seconds: number): string {
  let value = Math.max(1, Math.ceil(seconds))
  for (const [unit, next] of UNITS) {
    if (value < next) return formatOf(unit).format(value)
    value = Math.round(value / next)
  }
  return ''
}

function formatOf(unit: string): Intl.NumberFormat {
  return new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'short' })
}
