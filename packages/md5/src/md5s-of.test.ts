import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { randomBytes } from '../../../test/support/files.ts'
import { BLOCK_SIZE } from './chain.ts'
import { Hasher } from './index.ts'

const hasher = new Hasher()

it.each([
  ['one by one', Number.POSITIVE_INFINITY],
  ['side by side', 0],
])('gives each of many messages the MD5 that it has alone, %s', (_, warm) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(200), fc.nat(9_000)), { maxLength: 40 }), (lengths) => {
      const messages = lengths.map((length, index) => randomBytes(length, index))
      expect(hasher.md5sOf(messages, warm).map((md5) => Buffer.from(md5).toString('hex'))).toEqual(
        messages.map((bytes) => createHash('md5').update(bytes).digest('hex')),
      )
    }),
    { numRuns: 50 },
  )
})

it.each([Number.POSITIVE_INFINITY, 0])(
  'takes empty ones, whole blocks and views alike, after %d bytes',
  (warm) => {
    const bytes = randomBytes(BLOCK_SIZE + 1, 52)
    const messages = [bytes.subarray(0, 0), bytes.subarray(1), bytes.subarray(7, 64)]
    expect(hasher.md5sOf(messages, warm).map((md5) => Buffer.from(md5).toString('hex'))).toEqual(
      messages.map((message) => createHash('md5').update(message).digest('hex')),
    )
    expect(hasher.md5sOf([], warm)).toEqual([])
  },
)
