/** The number of bytes in one block of the chain: 1 MiB. */
export const BLOCK_SIZE = 1_048_576

/** The number of bytes in a chaining value, and in an MD5: 16. */
export const CHAIN_VALUE_SIZE = 16

/**
 * The number of bytes that MD5 processes in one step (RFC 1321, section 3.4). Chaining values exist only at
 * multiples of it.
 */
export const STEP_SIZE = 64

/** MD5's state between two steps: the words A, B, C and D, each little-endian, 16 bytes in total. */
export type ChainValue = Uint8Array

/**
 * The chaining value before the first byte of any message (RFC 1321, section 3.3). JavaScript cannot freeze
 * bytes: treat them as read-only, as everything in this package does.
 */
export const CHAIN_START: ChainValue = Uint8Array.from([
  0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
])

/** Whether two chaining values, or two MD5s, are equal. */
export function sameValue(one: ChainValue, other: ChainValue): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i])
}

/** @throws RangeError if `value` is not 16 bytes long. */
export function assertChainValue(value: ChainValue): void {
  if (value.length !== CHAIN_VALUE_SIZE)
    throw new RangeError(`a chaining value has ${CHAIN_VALUE_SIZE} bytes, not ${value.length}`)
}

/** @throws RangeError if `length`, in bytes, is not a whole number of MD5 steps. */
export function assertWholeSteps(length: number): void {
  if (length % STEP_SIZE !== 0)
    throw new RangeError(`MD5 absorbs multiples of ${STEP_SIZE} bytes, not ${length}`)
}

/**
 * A block boundary from which to continue: the number of bytes before it (a multiple of `BLOCK_SIZE`), and
 * the chaining value there.
 */
export interface Checkpoint {
  length: number
  value: ChainValue
}
