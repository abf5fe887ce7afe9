import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromWire, TextSender } from './text.ts'

async function stored(...chunks: readonly (string | Uint8Array)[]): Promise<Buffer> {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* chunks.map((chunk) => Buffer.from(chunk))
  }
  const all: Uint8Array[] = []
  for await (const chunk of fromWire(source())) all.push(chunk)
  return Buffer.concat(all)
}

function sent(...chunks: readonly (string | Uint8Array)[]): Buffer {
  const sender = new TextSender()
  return Buffer.concat(chunks.map((chunk) => sender.toWire(Buffer.from(chunk))))
}

it.each([
  [['a\r\nb\r\n'], 'a\nb\n'],
  [['a\r', '\nb'], 'a\nb'],
  [['a\r', 'b\r'], 'a\rb\r'],
  [['a\r\r', '\r\n'], 'a\r\r\n'],
  [['a\nb'], 'a\nb'],
])('%j is stored as %j', async (chunks, expected) => {
  expect((await stored(...chunks)).toString()).toBe(expected)
})

it.each([
  [['a\nb\n'], 'a\r\nb\r\n'],
  [['a\r\nb'], 'a\r\nb'],
  [['a\r', '\n\n'], 'a\r\n\r\n'],
])('%j is sent as %j', (chunks, expected) => {
  expect(sent(...chunks).toString()).toBe(expected)
})

it('a text comes back as it was, however it is cut', async () => {
  const text = fc.array(fc.constantFrom(0x0a, 0x61), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(text, fc.nat(60), async (bytes, cut) => {
      const original = Buffer.from(bytes)
      const wire = sent(original.subarray(0, cut), original.subarray(cut))
      expect(await stored(wire.subarray(0, cut), wire.subarray(cut))).toEqual(original)
    }),
  )
})
