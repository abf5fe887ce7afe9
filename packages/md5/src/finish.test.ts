import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomBytes } from '../../../test/support/files.ts'
import { CHAIN_VALUE_SIZE, Kernel, pad } from './index.ts'

const kernel = new Kernel()

// RFC 1321 once more, slow and in BigInt: no message is at hand whose length needs more than 32 bits.
const MASK = 0xffff_ffffn
const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21].map(BigInt)

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

function toLittleEndian(value: bigint, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
}

function words(bytes: Uint8Array): bigint[] {
  return Array.from({ length: bytes.length / 4 }, (_, i) => littleEndian(bytes.subarray(4 * i, 4 * i + 4)))
}

function compress(state: readonly bigint[], x: readonly bigint[]): bigint[] {
  let [a = 0n, b = 0n, c = 0n, d = 0n] = state
  for (let i = 0; i < 64; i++) {
    const round = i >> 4
    const mixed = [(b & c) | (~b & d), (b & d) | (c & ~d), b ^ c ^ d, c ^ (b | ~d)][round] ?? 0n
    const word = x[[i, 5 * i + 1, 3 * i + 5, 7 * i].map((k) => k % 16)[round] ?? 0] ?? 0n
    const shift = SHIFTS[4 * round + (i % 4)] ?? 0n
    const sine = BigInt(Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))))
    const sum = (a + mixed + word + sine) & MASK
    const turned = (sum << shift) | (sum >> (32n - shift))
    ;[a, b, c, d] = [d, (b + turned) & MASK, b, c]
  }
  return [a, b, c, d].map((word, i) => (word + (state[i] ?? 0n)) & MASK)
}

function referenceFinish(start: Uint8Array, tail: Uint8Array, length: number): Uint8Array {
  const bytes = [...tail, 0x80]
  while (bytes.length % 64 !== 56) bytes.push(0)
  bytes.push(...toLittleEndian(BigInt(length) * 8n, 8))
  const padded = Uint8Array.from(bytes)
  let state = words(start)
  for (let at = 0; at < padded.length; at += 64) state = compress(state, words(padded.subarray(at, at + 64)))
  return Uint8Array.from(state.flatMap((word) => toLittleEndian(word, 4)))
}

const values = fc.uint8Array({ minLength: CHAIN_VALUE_SIZE, maxLength: CHAIN_VALUE_SIZE })
const steps = (max: number) => fc.nat({ max }).map((n) => 64 * n)

describe('finish', () => {
  it.each([
    ['2^32 bits', 2 ** 29],
    ['2^31 bytes', 2 ** 31],
    ['2^32 bytes', 2 ** 32],
    ['2^48 bytes', 2 ** 48],
  ])('knows the length of messages around %s', (_, around) => {
    fc.assert(
      fc.property(
        values,
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(-256, 0, 256),
        (start, tail, more) => {
          const length = around + more + tail.length
          expect(kernel.finish(start, tail, length)).toEqual(referenceFinish(start, tail, length))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('knows the longest length that a number can tell', () => {
    const start = new Uint8Array(randomBytes(CHAIN_VALUE_SIZE, 21))
    const tail = new Uint8Array(randomBytes(63, 22))
    expect(kernel.finish(start, tail, Number.MAX_SAFE_INTEGER)).toEqual(
      referenceFinish(start, tail, Number.MAX_SAFE_INTEGER),
    )
  })

  it('does not care how much of the message is tail', () => {
    fc.assert(
      fc.property(values, steps(40), fc.uint8Array({ maxLength: 3000 }), (start, before, tail) => {
        const length = before + tail.length
        const half = 64 * Math.floor(tail.length / 128)
        const later = kernel.finish(kernel.absorb(start, tail.subarray(0, half)), tail.subarray(half), length)
        expect(kernel.finish(start, tail, length)).toEqual(later)
      }),
    )
  })

  it('is what absorbing the padded tail gives', () => {
    fc.assert(
      fc.property(values, steps(2 ** 30), fc.uint8Array({ maxLength: 300 }), (start, before, tail) => {
        const length = before + tail.length
        expect(kernel.absorb(start, pad(tail, length))).toEqual(kernel.finish(start, tail, length))
      }),
    )
  })

  it.each([
    ['shorter than the tail', 64, 0],
    ['that leaves part of a step before the tail', 3, 66],
    ['below nothing', 0, -64],
    ['with a fraction', 0, 64.5],
    ['too large to be exact', 0, 2 ** 53],
    ['that is no number', 0, Number.NaN],
  ])('refuses a length %s', (_, tail, length) => {
    expect(() => kernel.finish(new Uint8Array(CHAIN_VALUE_SIZE), new Uint8Array(tail), length)).toThrow(
      RangeError,
    )
  })

  it.each([0, 15, 17])('refuses a start of %i bytes', (size) => {
    expect(() => kernel.finish(new Uint8Array(size), new Uint8Array(3), 3)).toThrow(RangeError)
  })
})
