import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { randomBytes } from '../../../test/support/files.ts'
import {
  BLOCK_SIZE,
  Block,
  CHAIN_START,
  type ChainValue,
  GrowingChain,
  Hasher,
  Intake,
  proveBlocks,
} from './index.ts'

const BLOCKS = 20
const hasher = new Hasher()
const file = new Uint8Array(randomBytes(BLOCKS * BLOCK_SIZE + 77, 31))
const md5 = createHash('md5').update(file).digest()
const chain: ChainValue[] = []
beforeAll(() => {
  for (let i = 0; i < BLOCKS; i++) chain.push(hasher.kernel.absorb(chain.at(-1) ?? CHAIN_START, piece(i)))
})

function piece(index: number): Uint8Array {
  return file.subarray(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE)
}

function hex(value: ChainValue): string {
  return Buffer.from(value).toString('hex')
}

/** An intake that writes to `disk`, and what it has told. */
function open(fails: (offset: number) => boolean = () => false): {
  intake: Intake
  disk: Buffer
  damaged: number[]
  proven: number[]
} {
  const [disk, damaged, proven] = [Buffer.alloc(file.length), [] as number[], [] as number[]]
  const write = async (bytes: Uint8Array, offset: number): Promise<void> => {
    if (fails(offset)) throw new Error('full')
    disk.set(bytes, offset)
  }
  const intake = new Intake(hasher, { length: 0, value: CHAIN_START }, write, {
    proven: (position) => proven.push(position),
    damaged: (offset) => damaged.push(offset),
  })
  return { intake, disk, damaged, proven }
}

async function take(intake: Intake, index: number, bytes: Uint8Array = piece(index)): Promise<void> {
  const last = index === BLOCKS
  await intake.take(
    index * BLOCK_SIZE,
    new Block(bytes.slice()),
    last ? md5 : (chain[index] ?? md5),
    last ? file.length : undefined,
  )
}

describe('an intake', () => {
  it('writes every block, and proves all of them in their order', async () => {
    const { intake, disk, damaged, proven } = open()
    for (let i = 0; i <= BLOCKS; i++) await take(intake, i)
    await intake.settled()
    expect(disk.equals(file)).toBe(true)
    expect(damaged).toEqual([])
    expect(proven).toEqual([...chain.map((_, i) => (i + 1) * BLOCK_SIZE), file.length])
    expect(intake.values).toEqual(chain)
    expect(intake.checkpoint.length).toBe(file.length)
  })

  it.each([0, 1, 9, BLOCKS - 1, BLOCKS])(
    'counts nothing behind a damaged block %i until it came again',
    async (bad) => {
      const { intake, disk, damaged } = open()
      const flipped = piece(bad).slice()
      flipped[50] = (flipped[50] ?? 0) ^ 4
      for (let i = 0; i <= BLOCKS; i++) await take(intake, i, i === bad ? flipped : piece(i))
      await intake.settled()
      expect(damaged).toEqual([bad * BLOCK_SIZE])
      expect(intake.checkpoint.length).toBe(bad * BLOCK_SIZE)
      await take(intake, bad)
      await intake.settled()
      expect(intake.checkpoint.length).toBe(file.length)
      expect(disk.equals(file)).toBe(true)
    },
  )

  it('asks again for a block behind one whose claim was wrong', async () => {
    const { intake, damaged } = open()
    await intake.take(0, new Block(piece(0).slice()), chain[5] ?? md5)
    await take(intake, 1)
    await intake.settled()
    expect(damaged.toSorted((a, b) => a - b)).toEqual([0, BLOCK_SIZE])
    await take(intake, 0)
    await take(intake, 1)
    await intake.settled()
    expect(intake.checkpoint.length).toBe(2 * BLOCK_SIZE)
  })

  it('tells what writing has thrown', async () => {
    const { intake } = open((offset) => offset === BLOCK_SIZE)
    await take(intake, 0)
    await expect(take(intake, 1)).rejects.toThrow('full')
    await expect(intake.settled()).rejects.toThrow('full')
    expect(intake.checkpoint.length).toBe(BLOCK_SIZE)
  })
})

describe('held blocks', () => {
  it.each([0, 1, 7, 8, 17, BLOCKS])('are proven up to the first that does not hold: %i', async (good) => {
    const held = Buffer.from(file)
    if (good < BLOCKS) held[good * BLOCK_SIZE + 3] = (held[good * BLOCK_SIZE + 3] ?? 0) ^ 1
    const read = async (buffer: Uint8Array, offset: number): Promise<number> => {
      const bytes = held.subarray(offset, offset + buffer.length)
      buffer.set(bytes)
      return bytes.length
    }
    const values = await proveBlocks(hasher, {
      from: { length: 0, value: CHAIN_START },
      claims: Buffer.concat(chain),
      read,
    })
    expect(values.map(hex)).toEqual(chain.slice(0, good).map(hex))
    expect(hasher.blocks.taken).toBe(0)
  })
})

describe('a growing chain', () => {
  it.each([0, 3, BLOCKS])(
    'that knows %i blocks learns the rest, asked ahead of its answers',
    async (known) => {
      using growing = new GrowingChain(hasher, chain.slice(0, known))
      const values = await Promise.all(chain.map((_, i) => growing.record(i, piece(i))))
      expect(values).toEqual(chain)
      expect(Buffer.from(await growing.finish(piece(BLOCKS), file.length))).toEqual(md5)
      expect(growing.md5).toEqual(await growing.finish(new Uint8Array(5), file.length))
    },
  )
})
