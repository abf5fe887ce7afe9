/*
 * Times stand in messages as whole microseconds since 1970: finer than any file system needs to tell files apart, and
 * a safe integer until the year 2255.
 */

/** From nanoseconds, as stat(2) gives them. Rounds down, before 1970 too. */
export function toMicroseconds(nanoseconds: bigint): number {
  if (nanoseconds >= 0n) return Number(nanoseconds / 1000n)
  return -Number((999n - nanoseconds) / 1000n)
}

/**
 * To seconds, as Node's utimes takes them: exact up to the year 2106, where the seconds leave no more bits for the
 * microseconds. A string, because Node takes a negative number for the present; the half microsecond keeps the division
 * from rounding down to the one before.
 */
export function toUtime(microseconds: number): string {
  return `${(microseconds + 0.5) / 1e6}`
}
