/**
 * The value that this share of all values does not exceed.
 * @param share from 0 to 1
 * @returns NaN if there are no values
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Describes the distribution of values. */
export function spread(values: readonly number[], text: (value: number) => string): string {
  const at = (share: number): string => text(percentile(values, share))
  return `median ${at(0.5)}, p99 ${at(0.99)}, at most ${at(1)}`
}
