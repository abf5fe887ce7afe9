/*
 * In messages, times are whole microseconds since 1970: precise enough to distinguish files on any file
 * system, and safe integers until the year 2255.
 */

/**
 * From here on, in 2242 and in 1697, the seconds of {@link toUtime} leave too few bits for the microseconds,
 * and times are whole seconds. In microseconds since 1970.
 */
const FINE = 2 ** 33 * 1_000_000

/** The largest difference between a time and what a file system makes of it, in microseconds. */
const ROUNDING = 1

/** The farthest whole second that is a safe integer in microseconds. */
const FARTHEST = Math.floor(Number.MAX_SAFE_INTEGER / 1_000_000) * 1_000_000

/**
 * Converts nanoseconds, as stat(2) returns them. Rounds down, before 1970 too. Times before 1684 and after
 * 2255, which some file systems can hold, become the nearest time that messages can hold, so that one odd
 * file hides no others.
 */
export function toMicroseconds(nanoseconds: bigint): number {
  const microseconds = Number((nanoseconds >= 0n ? nanoseconds : nanoseconds - 999n) / 1000n)
  if (Math.abs(microseconds) < FINE) return microseconds
  const seconds = Math.floor(microseconds / 1_000_000) * 1_000_000
  return Math.min(Math.max(seconds, -FARTHEST), FARTHEST)
}

/**
 * Whether two times in microseconds are the same, up to rounding: Windows keeps multiples of 100 ns, and a time
 * on its way there, through a floating-point number, may lose a microsecond.
 */
export function isSameTime(one: number, other: number): boolean {
  return Math.abs(one - other) <= ROUNDING
}

/**
 * Converts to seconds, as Node's utimes takes them. The result is exact for every time that
 * {@link toMicroseconds} returns. It is a string, because Node treats a negative number as the present time,
 * and written digit by digit, because a division would be too coarse after 2112. The half microsecond
 * prevents the system from rounding down to the previous microsecond.
 */
export function toUtime(microseconds: number): string {
  const isNegative = microseconds < 0
  const whole = isNegative ? -microseconds - 1 : microseconds
  const digits = String(whole).padStart(7, '0')
  return `${isNegative ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}5`
}
