import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { giveBlock, joined, takeBlock } from './blocks.ts'
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

test('pieces of a room are joined where they stand, or without what is between them', () => {
  const room = takeBlock()
  room.set(Uint8Array.from({ length: 20 }, (_, index) => index))
  const piece = (from: number, to: number): Uint8Array => room.subarray(from, to)
  const cases: readonly [readonly Uint8Array[], readonly number[]][] = [
    [[], []],
    [[piece(0, 0)], []],
    [
      [piece(0, 3), piece(3, 3), piece(3, 5)],
      [0, 1, 2, 3, 4],
    ],
    [
      [piece(0, 2), piece(3, 5)],
      [0, 1, 3, 4],
    ],
    [[piece(2, 4)], [2, 3]],
    [
      [piece(0, 2), piece(5, 5)],
      [0, 1],
    ],
  ]
  for (const [pieces, expected] of cases) expect([...joined(room, pieces)]).toEqual(expected)
  // Nothing is copied without need.
  expect(joined(room, [piece(0, 3), piece(3, 5)]).buffer).toBe(room.buffer)
  expect(joined(room, [piece(0, 2), piece(3, 5)]).buffer).not.toBe(room.buffer)
  giveBlock(room)
})
