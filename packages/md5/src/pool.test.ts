import { createHash } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import type { Block } from './block.ts'
import { BLOCK_SIZE, CHAIN_START } from './chain.ts'
import { Hasher } from './hasher.ts'

const COUNT = 4
let hasher: Hasher
beforeEach(() => {
  hasher = new Hasher(COUNT)
})

async function takeAll(): Promise<Block[]> {
  return await Promise.all(Array.from({ length: COUNT }, () => hasher.blocks.take()))
}

function giveBack(blocks: readonly Block[]): void {
  for (const block of blocks) block[Symbol.dispose]()
}

test('a block is whole, and nobody else has it until it is given back', async () => {
  const blocks = await takeAll()
  expect(blocks.every(({ length }) => length === BLOCK_SIZE)).toBe(true)
  for (const [i, { bytes }] of blocks.entries()) bytes.fill(i)
  for (const [i, { bytes }] of blocks.entries()) expect(bytes.every((byte) => byte === i)).toBe(true)
  giveBack(blocks)
})

test('a block that was given back as a part of one is taken again, whole', async () => {
  const { blocks } = hasher
  const whole = await blocks.take()
  const start = whole.bytes.byteOffset
  whole.move(5)[Symbol.dispose]()
  using again = await blocks.take()
  expect([again.bytes.byteOffset, again.length]).toEqual([start, BLOCK_SIZE])
})

test('a part of a block is as long as it has to be, and only a large one is one of the blocks', async () => {
  const { blocks } = hasher
  using few = await blocks.take({ length: 65_536 })
  expect([few.length, blocks.taken]).toEqual([65_536, 0])
  using many = await blocks.take({ length: 65_537 })
  expect([many.length, blocks.taken]).toEqual([65_537, 1])
})

test('two pools have nothing in common', async () => {
  using other = new Hasher(COUNT)
  const mine = await takeAll()
  using theirs = await other.blocks.take()
  expect([hasher.blocks.taken, other.blocks.taken]).toEqual([COUNT, 1])
  expect(mine.some(({ bytes }) => bytes.buffer === theirs.bytes.buffer)).toBe(false)
  giveBack(mine)
})

test('bytes are hashed where they are in a block', async () => {
  using block = await hasher.blocks.take()
  const { bytes } = block
  bytes.fill(7)
  const md5 = createHash('md5').update(bytes).digest()
  const { kernel } = hasher
  expect(bytes.buffer).toBe(kernel.memory.buffer)
  expect(
    Buffer.from(kernel.finish(kernel.absorb(CHAIN_START, bytes), bytes.subarray(0, 0), BLOCK_SIZE)),
  ).toEqual(md5)
})

test('there are never more blocks than there may be: whoever wants one waits, and the first who waits gets it', async () => {
  const { blocks } = hasher
  const all = await takeAll()
  expect([blocks.taken, blocks.tryTake()]).toEqual([COUNT, undefined])
  const served: string[] = []
  const waiting = ['first', 'second'].map(async (name) => {
    using _block = await blocks.take()
    served.push(name)
    expect(blocks.taken).toBe(COUNT)
  })
  // Little comes from elsewhere, and waits for nothing.
  expect(blocks.tryTake(65_536)).toBeDefined()
  all.pop()?.[Symbol.dispose]()
  // It is the waiting one's already.
  expect(blocks.tryTake()).toBeUndefined()
  await Promise.all(waiting)
  expect(served).toEqual(['first', 'second'])
  giveBack(all)
  expect(blocks.taken).toBe(0)
})

test('whoever gives up waits no more, and gets nothing', async () => {
  const { blocks } = hasher
  const all = await takeAll()
  const gone = new AbortController()
  const waiting = blocks.take({ signal: gone.signal })
  gone.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  await expect(blocks.take({ signal: gone.signal })).rejects.toThrow('gone')
  giveBack(all)
  expect(blocks.taken).toBe(0)
})
