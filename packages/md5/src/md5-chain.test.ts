import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { absorb, BLOCK_SIZE, CHAIN_START, Md5Chain } from './index.ts'

const LONGEST = 3 * BLOCK_SIZE + 17
const data = new Uint8Array(randomBytes(LONGEST))

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function openssl(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

function md5(bytes: Uint8Array): string {
  return hex(new Md5Chain().update(bytes).digest())
}

// The pieces of `bytes` between the given places, in whatever order and however often they are named.
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const borders = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ]
  return borders.slice(1).map((border, i) => bytes.subarray(borders[i], border))
}

describe('the MD5 it ends in', () => {
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
          const chain = new Md5Chain()
          for (const piece of cut(bytes, at)) chain.update(piece)
          expect(hex(chain.digest())).toBe(expected)
          expect(chain.length).toBe(length)
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

  it('may be asked for at any time, and again', () => {
    const chain = new Md5Chain()
    let taken = 0
    for (const piece of cut(data, [1, 64, 100, BLOCK_SIZE, BLOCK_SIZE + 5])) {
      taken += piece.length
      chain.update(piece)
      expect(hex(chain.digest())).toBe(openssl(data.subarray(0, taken)))
      expect(chain.digest()).toEqual(chain.digest())
    }
  })

  it('does not depend on bytes that are overwritten after update', () => {
    const bytes = data.slice(0, 100)
    const chain = new Md5Chain().update(bytes)
    bytes.fill(0)
    expect(hex(chain.digest())).toBe(openssl(data.subarray(0, 100)))
  })
})

describe('the values', () => {
  it('are those after each whole block, however the message is split', () => {
    const first = absorb(CHAIN_START, data.subarray(0, BLOCK_SIZE))
    const second = absorb(first, data.subarray(BLOCK_SIZE, 2 * BLOCK_SIZE))
    const third = absorb(second, data.subarray(2 * BLOCK_SIZE, 3 * BLOCK_SIZE))
    fc.assert(
      fc.property(fc.array(fc.nat({ max: LONGEST }), { maxLength: 12 }), (at) => {
        const chain = new Md5Chain()
        for (const piece of cut(data, at)) chain.update(piece)
        expect(chain.values).toEqual([first, second, third])
      }),
      { numRuns: 10 },
    )
  })

  it('are not there before their block is complete', () => {
    const chain = new Md5Chain().update(data.subarray(0, BLOCK_SIZE - 1))
    expect(chain.values).toEqual([])
    expect(chain.update(data.subarray(BLOCK_SIZE - 1, BLOCK_SIZE)).values).toHaveLength(1)
    expect(chain.update(new Uint8Array(0)).values).toHaveLength(1)
  })

  it('let the message be resumed at every block border', () => {
    const whole = new Md5Chain().update(data)
    for (const [i, value] of [CHAIN_START, ...whole.values].entries()) {
      const resumed = new Md5Chain({ length: i * BLOCK_SIZE, value })
      expect(resumed.length).toBe(i * BLOCK_SIZE)
      resumed.update(data.subarray(i * BLOCK_SIZE))
      expect(resumed.digest()).toEqual(whole.digest())
      expect(resumed.values).toEqual(whole.values.slice(i))
    }
  })

  it('do not change when the value resumed from is overwritten', () => {
    const value = CHAIN_START.slice()
    const chain = new Md5Chain({ length: 0, value })
    value.fill(0)
    expect(hex(chain.update(data).digest())).toBe(openssl(data))
  })
})

it.each([1, 64, BLOCK_SIZE - 64, -BLOCK_SIZE, 0.5, Number.NaN, 2 ** 53])(
  'refuses to resume at %d',
  (length) => {
    expect(() => new Md5Chain({ length, value: CHAIN_START })).toThrow(RangeError)
  },
)

it('refuses to resume from a value that is not 16 bytes', () => {
  expect(() => new Md5Chain({ length: 0, value: CHAIN_START.subarray(1) })).toThrow(RangeError)
})
