import { expect, test } from 'vitest'
import { Block, joined } from './block.ts'
import { BLOCK_SIZE } from './chain.ts'

/** A block of five bytes, and how often it came back. */
function counted(): { readonly block: Block; readonly back: () => number } {
  let count = 0
  const block = new Block(Uint8Array.of(1, 2, 3, 4, 5), () => count++)
  return { block, back: () => count }
}

test('a block comes back once, however often its owner lets go of it', () => {
  const { block, back } = counted()
  {
    using owned = block
    owned[Symbol.dispose]()
  }
  expect(back()).toBe(1)
})

test('a block that has been disposed of throws when it is used', () => {
  const { block } = counted()
  block[Symbol.dispose]()
  expect(() => block.bytes).toThrow(ReferenceError)
  expect(() => block.length).toThrow(ReferenceError)
  expect(() => block.move()).toThrow(ReferenceError)
})

test('a block that has been moved is spent, and only its new owner gives it back', () => {
  const { block, back } = counted()
  const moved = block.move()
  expect(() => block.bytes).toThrow(ReferenceError)
  block[Symbol.dispose]()
  expect([back(), ...moved.bytes]).toEqual([0, 1, 2, 3, 4, 5])
  moved[Symbol.dispose]()
  expect(back()).toBe(1)
})

test('a block can be moved in part, and comes back whole', () => {
  const { block, back } = counted()
  {
    using part = block.move(2)
    expect([part.length, ...part.bytes]).toEqual([2, 1, 2])
  }
  expect(back()).toBe(1)
})

test('pieces of a room are joined where they stand, or without what is between them', () => {
  const bytes = new Uint8Array(BLOCK_SIZE)
  bytes.set(Uint8Array.from({ length: 20 }, (_, index) => index))
  const piece = (from: number, to: number): Uint8Array => bytes.subarray(from, to)
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
  for (const [pieces, expected] of cases) {
    let isBack = false
    const room = new Block(bytes, () => {
      isBack = true
    })
    using whole = joined(room, pieces)
    expect([...whole.bytes]).toEqual(expected)
    expect(() => room.bytes).toThrow(ReferenceError)
    // Nothing is copied without need, and what has been copied needs the room no more.
    expect(isBack).toBe(whole.bytes.buffer !== bytes.buffer)
  }
  using stays = joined(new Block(bytes), [piece(0, 3), piece(3, 5)])
  using copied = joined(new Block(bytes), [piece(0, 2), piece(3, 5)])
  expect([stays, copied].map((block) => block.bytes.buffer === bytes.buffer)).toEqual([true, false])
})
