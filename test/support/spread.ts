/** The value that this share of all values does not exceed; `share` from 0 to 1. NaN where there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** How far values spread, in words. */
export function spread(values: readonly number[], text: (value: number) => string): string {
  const at = (share: number): string => text(percentile(values, share))
  return `median ${at(0.5)}, p99 ${at(0.99)}, at most ${at(1)}`
}
