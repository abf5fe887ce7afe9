import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomBytes } from '../../../test/support/files.ts'
import { STEP_SIZE } from './chain.ts'
import { BLOCK_SIZE, CHAIN_START, Kernel } from './index.ts'

const kernel = new Kernel()

const LONGEST = 3 * BLOCK_SIZE + 17
const data = new Uint8Array(randomBytes(LONGEST, 11))

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function openssl(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

/** @param steps places to split the message at, in steps of 64 bytes */
function md5(bytes: Uint8Array, steps: readonly number[] = []): string {
  const whole = Math.floor(bytes.length / STEP_SIZE)
  let value = CHAIN_START
  let at = 0
  for (const border of steps.map((step) => (step % (whole + 1)) * STEP_SIZE).toSorted((a, b) => a - b)) {
    value = kernel.absorb(value, bytes.subarray(at, border))
    at = border
  }
  return hex(kernel.finish(value, bytes.subarray(at), bytes.length))
}

describe('the MD5 that a chain ends in', () => {
  it.each([
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a', '0cc175b9c0f1b6a831c399e269772661'],
    ['abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
    ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 'd174ab98d277d9f5a5611c2c9f419d9f'],
    ['1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
  ])('is the one of RFC 1321, appendix A.5, for %j', (text, expected) => {
    expect(md5(Buffer.from(text))).toBe(expected)
  })

  it('is OpenSSL’s for every length up to 4096', () => {
    for (let length = 0; length <= 4096; length++) {
      const bytes = data.subarray(0, length)
      if (md5(bytes) !== openssl(bytes)) expect.fail(`length ${length}`)
    }
  })

  it.each([0, 1, 63, 64, 65, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, LONGEST])(
    'is OpenSSL’s for %i bytes, however they are split',
    (length) => {
      const bytes = data.subarray(0, length)
      const expected = openssl(bytes)
      const places = fc.array(fc.nat({ max: length }), { maxLength: 12 })
      fc.assert(
        fc.property(places, (at) => {
          expect(md5(bytes, at)).toBe(expected)
        }),
        { numRuns: 10 },
      )
    },
  )

  it('is OpenSSL’s for random lengths around the block borders', () => {
    const lengths = fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: -130, max: 17 }))
      .map(([blocks, more]) => blocks * BLOCK_SIZE + more)
    fc.assert(
      fc.property(lengths, (length) => {
        const bytes = data.subarray(0, length)
        expect(md5(bytes)).toBe(openssl(bytes))
      }),
      { numRuns: 25 },
    )
  })
})
