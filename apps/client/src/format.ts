const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** A size as people read it: `5.0 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  for (; value >= 1023.95 && unit < UNITS.length - 1; unit++) value /= 1024
  return `${unit === 0 ? Math.floor(value) : value.toFixed(1)} ${UNITS[unit]}`
}

/** A duration as people read it: `0:07`, `1:02:03`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const tail = `${hours > 0 ? String(minutes).padStart(2, '0') : minutes}:${String(rest).padStart(2, '0')}`
  return hours > 0 ? `${hours}:${tail}` : tail
}

/** A duration as people write it, in milliseconds: `500ms`, `30s`, `2m`, `1h`; a bare number is seconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  if (match === null) return undefined
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match[2] ?? 's']
  return factor === undefined ? undefined : Number(match[1]) * factor
}
