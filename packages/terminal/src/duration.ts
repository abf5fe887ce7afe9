/**
 * Parses a duration as people write it: `500ms`, `30s`, `2m`, `1h`; a number without a unit means seconds.
 * @returns milliseconds; undefined for anything else
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  if (match === null) return undefined
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match[2] ?? 's']
  return factor === undefined ? undefined : Number(match[1]) * factor
}
