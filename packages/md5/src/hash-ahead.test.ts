import { expect, it } from 'vitest'
import { hashAhead } from './index.ts'

/** Numbers to 9, hashed by doubling them; tells what was read and what came back. */
function numbers(failing?: number): {
  pieces: ReturnType<typeof hashAhead<number, number>>
  read: number[]
  discarded: number[]
} {
  const [read, discarded] = [[] as number[], [] as number[]]
  const pieces = hashAhead(0, {
    read: async (index) => {
      read.push(index)
      if (index === failing) throw new Error('unreadable')
      return index
    },
    isLast: (index) => index === 9,
    hash: async (index) => index * 2,
    discard: (index) => discarded.push(index),
  })
  return { pieces, read, discarded }
}

it('pieces come in their order, each with its hash', async () => {
  const { pieces, discarded } = numbers()
  const got: number[][] = []
  for await (const { read, hash } of pieces) got.push([read, hash])
  expect(got).toEqual(Array.from({ length: 10 }, (_, i) => [i, i * 2]))
  expect(discarded).toEqual([])
})

it('whoever stops early gets nothing more read, and what was read ahead is given back', async () => {
  const { pieces, read, discarded } = numbers()
  await pieces.next()
  await pieces.return(undefined)
  const count = read.length
  expect(count).toBeLessThan(9)
  expect(discarded).toEqual(read.slice(1))
  await pieces.next()
  expect(read.length).toBe(count)
})

it('what reading throws comes behind what was read before it', async () => {
  const { pieces } = numbers(3)
  const got: number[] = []
  const all = async (): Promise<void> => {
    for await (const { read } of pieces) got.push(read)
  }
  await expect(all()).rejects.toThrow('unreadable')
  expect(got).toEqual([0, 1, 2])
})
