import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { giveBlock, takeBlock } from './blocks.ts'
import { BLOCK_SIZE, CHAIN_START } from './chain.ts'
import { absorb } from './default-kernel.ts'
import { finish } from './finish.ts'

test('a block is whole, and nobody else has it until it is given back', () => {
  const blocks = Array.from({ length: 100 }, takeBlock)
  expect(blocks.every(({ length }) => length === BLOCK_SIZE)).toBe(true)
  for (const [i, block] of blocks.entries()) block.fill(i)
  for (const [i, block] of blocks.entries()) expect(block.every((byte) => byte === i)).toBe(true)
  for (const block of blocks) giveBlock(block)
})

test('a block given back by a view of its beginning is taken again, whole', () => {
  const block = takeBlock()
  giveBlock(block.subarray(0, 5))
  const again = takeBlock()
  expect([again.byteOffset, again.length]).toEqual([block.byteOffset, BLOCK_SIZE])
  giveBlock(again)
})

test("a part of a block is as long as it has to be, and only a large one is the kernel's", () => {
  const [few, many] = [takeBlock(65_536), takeBlock(65_537)]
  expect([few.length, many.length]).toEqual([65_536, 65_537])
  expect([few, many].map(({ buffer }) => buffer instanceof SharedArrayBuffer)).toEqual([false, true])
  giveBlock(few)
  giveBlock(many)
  const again = takeBlock()
  expect([again.byteOffset, again.length]).toEqual([many.byteOffset, BLOCK_SIZE])
  giveBlock(again)
})

test('what is not from the kernel is not taken for a block', () => {
  giveBlock(new Uint8Array(BLOCK_SIZE))
  const blocks = Array.from({ length: 100 }, takeBlock)
  expect(
    new Set(
      blocks.map(({ buffer, byteOffset }) => (buffer instanceof SharedArrayBuffer ? byteOffset : buffer)),
    ).size,
  ).toBe(100)
  for (const block of blocks) giveBlock(block)
})

test('bytes are hashed where they are in a block', () => {
  const block = takeBlock()
  block.fill(7)
  const md5 = createHash('md5').update(block).digest()
  expect(Buffer.from(finish(absorb(CHAIN_START, block), block.subarray(0, 0), BLOCK_SIZE))).toEqual(md5)
  giveBlock(block)
})
