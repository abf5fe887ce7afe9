import { createHash, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { md5Of } from './md5-of.ts'

/** On both sides of the size from which on messages are hashed side by side. */
const SIZES = [0, 1, 8_191, 8_192, 8_193, 70_000, 1_048_576]

it('gives each message its own MD5, however many are asked for in one turn', async () => {
  const messages = [...SIZES, ...SIZES].map((size) => randomBytes(size))
  expect(await Promise.all(messages.map(md5Of))).toEqual(messages.map(reference))
})

it('answers those who ask in a later turn too', async () => {
  for (let turn = 0; turn < 3; turn++) {
    const bytes = randomBytes(20_000)
    expect(await md5Of(bytes)).toBe(reference(bytes))
  }
})

function reference(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}
