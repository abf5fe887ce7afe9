import { BLOCK_SIZE, Block, Hasher } from '@ftp/md5'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RequestQueue, type Waiting } from './request-queue.ts'

const SMALL = 60_000
let queues: RequestQueue[]
beforeEach(() => {
  queues = []
})
afterEach(() => {
  for (const queue of queues) queue.clear()
})

function queue(): RequestQueue {
  const made = new RequestQueue()
  queues.push(made)
  return made
}

function request(id: number, payload = new Block(new Uint8Array(SMALL))): Waiting {
  return { id, request: { id, type: 'ping' }, payload }
}

/** How each of the waiting requests will be answered. */
function fates(of: RequestQueue): string[] {
  const all: string[] = []
  for (let next = of.shift(); next !== undefined; next = of.shift()) {
    all.push('refusal' in next ? next.refusal.code : 'served')
    of.release(next)
  }
  return all
}

it('where all connections have much waiting, more of each is refused as busy in its turn, the first of each served', () => {
  const many = Array.from({ length: 3 }, () => {
    const one = queue()
    for (let id = 1; id <= 100; id++) one.push(request(id), 100)
    return one
  })
  const late = queue()
  late.push(request(1), 100)
  late.push(request(2), 100)
  expect(fates(late)).toEqual(['served', 'busy'])
  const all = many.map(fates)
  expect(all.map((each) => each.length)).toEqual([100, 100, 100])
  const served = all.flat().filter((fate) => fate === 'served').length
  expect(served * SMALL).toBeLessThan(9_000_000)
  expect(served * SMALL).toBeGreaterThan(7_000_000)
  // All of it is given back.
  const after = queue()
  for (let id = 1; id <= 100; id++) after.push(request(id), 100)
  expect(new Set(fates(after))).toEqual(new Set(['served']))
})

it('what has waited with a block is refused when others want memory, and what is small or new is not', async () => {
  const { blocks } = new Hasher()
  const one = queue()
  one.push(request(1, await blocks.take()))
  one.push(request(2))
  one.yieldMemory(1_000)
  expect(blocks.taken).toBe(1)
  one.yieldMemory(-1)
  expect(blocks.taken).toBe(0)
  one.push(request(3, await blocks.take({ length: BLOCK_SIZE })))
  one.yieldMemory(1_000)
  expect(fates(one)).toEqual(['busy', 'served', 'served'])
})
