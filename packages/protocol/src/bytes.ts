const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Formats a size for people: `5.0 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  for (; value >= 1023.95 && unit < UNITS.length - 1; unit++) value /= 1024
  return `${unit === 0 ? Math.floor(value) : value.toFixed(1)} ${UNITS[unit]}`
}
