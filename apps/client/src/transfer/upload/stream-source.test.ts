import { BLOCK_SIZE } from '@ftp/md5'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { content } from '../../../../../test/support/chain.ts'
import { StreamSource } from './source.ts'

const BYTES = content(3 * BLOCK_SIZE)

/** A stream of `bytes` that is cut at these places. */
async function* cutAt(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [...cuts].sort((a, b) => a - b)
  for (const [index, end] of [...places, bytes.length].entries())
    yield bytes.subarray(places[index - 1] ?? 0, end)
}

async function blocksOf(source: StreamSource): Promise<{ sizes: number[]; bytes: Buffer }> {
  const blocks: Uint8Array[] = []
  for (;;) {
    const { block, last } = await source.block(blocks.length)
    blocks.push(block.bytes)
    if (last) return { sizes: blocks.map(({ length }) => length), bytes: Buffer.concat(blocks) }
  }
}

describe('a stream as a source', () => {
  it('gives the same blocks, and the same end, however its bytes come', async () => {
    const lengths = fc.oneof(
      fc.constantFrom(0, 1, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE, 3 * BLOCK_SIZE),
      fc.nat(3 * BLOCK_SIZE),
    )
    const stream = lengths.chain((length) => {
      const place = fc.oneof(fc.nat(length), fc.constant(Math.min(length, BLOCK_SIZE)))
      return fc.record({ length: fc.constant(length), cuts: fc.array(place, { maxLength: 12 }) })
    })
    await fc.assert(
      fc.asyncProperty(stream, async ({ length, cuts }) => {
        const bytes = BYTES.subarray(0, length)
        using source = new StreamSource(cutAt(bytes, cuts))
        const got = await blocksOf(source)
        const whole = Array<number>(Math.max(0, Math.ceil(length / BLOCK_SIZE) - 1)).fill(BLOCK_SIZE)
        expect(got.sizes).toEqual([...whole, length - whole.length * BLOCK_SIZE])
        expect(got.bytes.equals(bytes)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('gives a block again until it is released', async () => {
    using source = new StreamSource(cutAt(BYTES, []))
    for (const index of [0, 1, 0]) {
      const { bytes } = (await source.block(index)).block
      expect(Buffer.from(bytes).equals(BYTES.subarray(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE))).toBe(
        true,
      )
    }
    source.release(1)
    await expect(source.block(0)).rejects.toMatchObject({ code: 'changed' })
    expect((await source.block(1)).block).toHaveLength(BLOCK_SIZE)
    expect(await source.block(2)).toMatchObject({ last: true })
  })

  it('has an empty end behind its last whole block, for a server that has all of it', async () => {
    using source = new StreamSource(cutAt(BYTES, []))
    await blocksOf(source)
    const end = await source.block(3)
    expect(end.last).toBe(true)
    expect(end.block).toHaveLength(0)
  })

  it('is read no further than one block ahead', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given++
        yield new Uint8Array(BLOCK_SIZE)
      }
    }
    using source = new StreamSource(endless())
    expect((await source.block(0)).last).toBe(false)
    expect(given).toBe(2)
  })

  it('fails where its stream fails', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(5)
      throw new Error('the pipe broke')
    }
    using source = new StreamSource(broken())
    await expect(source.block(0)).rejects.toThrow('the pipe broke')
  })

  it('has another version each time: nothing says that two streams are the same', () => {
    using one = new StreamSource(cutAt(BYTES, []))
    using two = new StreamSource(cutAt(BYTES, []))
    expect(one.version).not.toBe(two.version)
  })

  it('lets go of its stream when it is disposed of', async () => {
    let closed = false
    async function* closing(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(BLOCK_SIZE)
      } finally {
        closed = true
      }
    }
    {
      using source = new StreamSource(closing())
      await source.block(0)
    }
    await Promise.resolve()
    expect(closed).toBe(true)
  })
})
