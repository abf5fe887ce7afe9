import { STEP_SIZE } from './chain.ts'

const LENGTH_SIZE = 8

/**
 * The last bytes of a message followed by MD5's padding (RFC 1321, sections 3.1 and 3.2): a multiple of 64
 * bytes. Absorbing them results in the message's MD5, so the end of a file can be checked like any block.
 * @param tail all bytes at the end of the message that have not been absorbed yet
 * @param length the length of the whole message, in bytes
 * @throws RangeError if `length` is not a safe integer, or the number of bytes before `tail` is not a
 * multiple of 64.
 */
export function pad(tail: Uint8Array, length: number): Uint8Array {
  assertTail(tail, length)
  const padded = new Uint8Array(Math.ceil((tail.length + 1 + LENGTH_SIZE) / STEP_SIZE) * STEP_SIZE)
  padded.set(tail)
  padded[tail.length] = 0x80
  const bits = BigInt(length) * 8n
  new DataView(padded.buffer).setBigUint64(padded.length - LENGTH_SIZE, bits, true)
  return padded
}

/**
 * @throws RangeError if `tail` cannot be the end of a message of `length` bytes, divided at a step of MD5.
 */
export function assertTail(tail: Uint8Array, length: number): void {
  const before = length - tail.length
  if (!Number.isSafeInteger(length) || before < 0 || before % STEP_SIZE !== 0)
    throw new RangeError(`${tail.length} bytes cannot be the tail of a message of ${length}`)
}
