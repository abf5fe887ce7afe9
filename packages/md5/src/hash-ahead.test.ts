import { expect, it } from 'vitest'
import { Block, type Hashed, hashAhead } from './index.ts'

interface Numbered {
  readonly number: number
  readonly block: Block
}

/** Numbers to 9, hashed by doubling them; tells what was read and what came back. */
function numbers(failing?: number): {
  pieces: AsyncGenerator<Hashed<Numbered, number>>
  read: number[]
  givenBack: number[]
} {
  const [read, givenBack] = [[] as number[], [] as number[]]
  const pieces = hashAhead<Numbered, number>(0, {
    read: async (number) => {
      read.push(number)
      if (number === failing) throw new Error('unreadable')
      return { number, block: new Block(new Uint8Array(1), () => givenBack.push(number)) }
    },
    isLast: ({ number }) => number === 9,
    hash: async ({ number }) => number * 2,
  })
  return { pieces, read, givenBack }
}

it('pieces come in their order, each with its hash and its block', async () => {
  const { pieces, givenBack } = numbers()
  const got: number[][] = []
  for await (const { read, hash } of pieces) {
    expect(read.block.length).toBe(1)
    got.push([read.number, hash])
  }
  expect(got).toEqual(Array.from({ length: 10 }, (_, i) => [i, i * 2]))
  expect(givenBack).toEqual([])
})

it('whoever stops early gets nothing more read, and what was read ahead is given back', async () => {
  const { pieces, read, givenBack } = numbers()
  await pieces.next()
  await pieces.return(undefined)
  const count = read.length
  expect(count).toBeLessThan(9)
  expect(givenBack).toEqual(read.slice(1))
  await pieces.next()
  expect(read.length).toBe(count)
})

it('what reading throws comes behind what was read before it', async () => {
  const { pieces } = numbers(3)
  const got: number[] = []
  const all = async (): Promise<void> => {
    for await (const { read } of pieces) got.push(read.number)
  }
  await expect(all()).rejects.toThrow('unreadable')
  expect(got).toEqual([0, 1, 2])
})
