import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Block } from './block.ts'
import { BLOCK_SIZE, CHAIN_START } from './chain.ts'
import { HashThread } from './hash-thread.ts'
import { Hasher } from './hasher.ts'
import type { BlockPool, Blocks } from './pool.ts'

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

test('a brief request waits neither for others of its owner, nor for the limit of the owner', async () => {
  const share = hasher.blocks.share('anna')
  const held = [await share.take(), await share.take()]
  const order: string[] = []
  const wait = async (name: string, isBrief: boolean): Promise<void> => {
    using _block = await share.take({ isBrief })
    order.push(name)
  }
  const large = wait('large', false)
  await wait('brief', true)
  const rest = [await hasher.blocks.take(), await hasher.blocks.take()]
  const later = [wait('first brief', true), wait('second brief', true)]
  giveBack(held)
  await Promise.all([large, ...later])
  expect(order).toEqual(['brief', 'first brief', 'second brief', 'large'])
  giveBack(rest)
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

describe('shares', () => {
  const NINE = 9
  let blocks: BlockPool
  beforeEach(() => {
    ;({ blocks } = new Hasher(NINE))
  })

  /** Takes as many as there are at once. */
  function takeMost(from: Blocks): Block[] {
    const taken: Block[] = []
    for (let block = from.tryTake(); block !== undefined; block = from.tryTake()) taken.push(block)
    return taken
  }

  test('one owner alone has at most as many blocks as are left, whatever its shares are called through', () => {
    expect(takeMost(blocks.share('anna'))).toHaveLength(5)
    expect(blocks.share('anna').tryTake()).toBeUndefined()
    expect(takeMost(blocks.share('otto'))).toHaveLength(2)
    // Whoever has none gets one while there is any.
    expect(takeMost(blocks.share('new'))).toHaveLength(1)
    expect(takeMost(blocks.share('newer'))).toHaveLength(1)
    expect(blocks.share('last').tryTake()).toBeUndefined()
  })

  test('of those who wait the one with the fewest blocks is next, however long others have waited', async () => {
    using held = new DisposableStack()
    for (let i = 0; i < 2; i++) held.use(await blocks.share('anna').take())
    const others = takeMost(blocks)
    const served: string[] = []
    const waiting = ['anna', 'otto', 'new'].map(async (name) => {
      held.use(await blocks.share(name).take())
      served.push(name)
    })
    for (const block of others) block[Symbol.dispose]()
    await Promise.all(waiting)
    expect(served).toEqual(['otto', 'new', 'anna'])
  })

  test('an owner that is held to its share waits until something is given back, and then gets it', async () => {
    const anna = blocks.share('anna')
    const [first, ...others] = takeMost(anna)
    const waiting = anna.take()
    expect(blocks.share('otto').tryTake()?.length).toBe(BLOCK_SIZE)
    first?.[Symbol.dispose]()
    others.pop()?.[Symbol.dispose]()
    expect((await waiting).length).toBe(BLOCK_SIZE)
  })

  test('an owner at its share wants its own blocks back, and those of others only if hardly any are left', async () => {
    const [anna, otto] = [blocks.share('anna'), blocks.share('otto')]
    using held = new DisposableStack()
    held.use(await otto.take())
    const hers = takeMost(anna)
    const gone = new AbortController()
    const waiting = anna.take({ signal: gone.signal })
    expect([anna.isWanted, otto.isWanted, blocks.isWanted]).toEqual([true, false, true])
    const others = takeMost(blocks)
    expect([anna.isWanted, otto.isWanted]).toEqual([true, true])
    gone.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    expect([anna.isWanted, otto.isWanted]).toEqual([false, false])
    giveBack([...hers, ...others])
  })
})

test('blocks that wait for others to be hashed with are hashed at once if somebody waits for a block', async () => {
  // Nothing is hashed because time has passed.
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  try {
    const thread = new HashThread(hasher.kernel.memory, () => {})
    using _thread = thread
    using hurry = vi.spyOn(HashThread.prototype, 'hurry')
    while (!thread.isOnline) await new Promise((resolve) => setImmediate(resolve))
    const all = await takeAll()
    const [block] = all
    if (block === undefined) throw new Error('there is no block')
    const hashed = thread.hash({ start: CHAIN_START, length: undefined }, block.bytes, false)
    thread.hurry()
    expect(await hashed).toEqual(hasher.kernel.absorb(CHAIN_START, block.bytes))
    // Makes the hasher start a thread of its own.
    const check = { start: CHAIN_START, bytes: block.bytes, end: CHAIN_START }
    for (let i = 0; i < 9; i++) await hasher.check(check, true)
    hurry.mockClear()
    const waiting = hasher.blocks.take()
    expect(hurry).toHaveBeenCalledTimes(1)
    giveBack(all)
    ;(await waiting)[Symbol.dispose]()
  } finally {
    hasher[Symbol.dispose]()
    vi.useRealTimers()
  }
})
