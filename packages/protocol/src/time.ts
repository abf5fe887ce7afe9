/*
 * In messages, times are whole microseconds since 1970: precise enough to distinguish files on any file
 * system, and safe integers until the year 2255.
 */

/** Converts nanoseconds, as stat(2) returns them. Rounds down, before 1970 too. */
export function toMicroseconds(nanoseconds: bigint): number {
  if (nanoseconds >= 0n) return Number(nanoseconds / 1000n)
  return -Number((999n - nanoseconds) / 1000n)
}

/**
 * Converts to seconds, as Node's utimes takes them. The result is exact up to the year 2106; after that, the
 * seconds leave too few bits for the microseconds. It is a string, because Node treats a negative number as
 * the present time. The half microsecond prevents the division from rounding down to the previous
 * microsecond.
 */
export function toUtime(microseconds: number): string {
  return `${(microseconds + 0.5) / 1e6}`
}
