/** The bytes from `start` to before `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** One range of digits; a header with any other form is ignored (RFC 9110, section 14.2). */
const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i

/**
 * The bytes of a representation of `size` bytes that a `Range` header asks for (RFC 9110, section 14). A
 * server may ignore the header: this one sends a single range, and everything if several are asked for.
 * @returns `whole` if the header is to be ignored, `unsatisfiable` if it asks for bytes that do not exist
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const [, first = '', last = ''] = ONE_RANGE.exec(header ?? '') ?? []
  if (first === '' && last === '') return 'whole'
  if (first === '') {
    const length = Number(last)
    return length === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - length), end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(size, Number(last) + 1)
  if (last !== '' && compareDigits(first, last) > 0) return 'whole'
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** Compares numbers that may be too large to be exact. */
function compareDigits(one: string, other: string): number {
  const [a, b] = [BigInt(one), BigInt(other)]
  return a < b ? -1 : a > b ? 1 : 0
}
