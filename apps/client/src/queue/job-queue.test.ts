import { setImmediate as settled } from 'node:timers/promises'
import { BLOCK_SIZE } from '@ftp/md5'
import { LIMITS } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import type { Batch } from '../transfer/batch.ts'
import type { Job } from './job.ts'
import { isSmall, JobQueue } from './job-queue.ts'

const LARGE = 10_000_000

function job(name: string, size?: number): Job {
  return { name, to: name, size, move: async () => ({ outcome: 'skipped', bytes: 0 }) }
}

async function names(queue: JobQueue, smallFirst: boolean): Promise<string[]> {
  const all: string[] = []
  for (let next = await queue.next(smallFirst); next; next = await queue.next(smallFirst)) all.push(next.name)
  return all
}

describe('the queue of jobs', () => {
  it('gives small files and others apart, each in the order found, and then what is left', async () => {
    for (const smallFirst of [true, false]) {
      const queue = new JobQueue()
      for (const [name, size] of Object.entries({ s1: 1, l1: LARGE, s2: 0, l2: LARGE }))
        queue.add(job(name, size))
      queue.add(job('unknown'))
      queue.end()
      const [small, others] = [
        ['s1', 's2'],
        ['l1', 'l2', 'unknown'],
      ] as const
      expect(await names(queue, smallFirst)).toEqual(
        smallFirst ? [...small, ...others] : [...others, ...small],
      )
    }
  })

  it('a size that nobody knows may be any', () => {
    expect([job('a'), job('b', 1_048_576), job('c', 1_048_577)].map(isSmall)).toEqual([false, true, false])
  })

  it('who waits for the next gets it when it is found', async () => {
    const queue = new JobQueue()
    const next = queue.next(true)
    queue.add(job('late', 1))
    expect((await next)?.name).toBe('late')
    queue.end()
    expect(await queue.next(true)).toBeUndefined()
  })

  it('holds up whoever finds more than anybody takes, until there is room, or it is over', async () => {
    const queue = new JobQueue()
    let found = 0
    const finding = (async () => {
      for (; found < 20_000; found++) {
        queue.add(job(String(found), 1))
        await queue.waitForRoom()
      }
    })()
    await settled()
    expect(found).toBe(9_999)
    for (let taken = 0; taken < 100; taken++) await queue.next(true)
    await settled()
    expect(found).toBe(10_099)
    expect(queue.clear()).toBe(10_000)
    await finding
  })
})

describe('files of one batch', () => {
  function newBatch(headerBytes = 1): Batch {
    return { headerBytes: () => headerBytes, move: async () => [] }
  }

  /** How many files each request takes. */
  function taken(jobs: readonly Job[]): number[] {
    const queue = new JobQueue()
    for (const one of jobs) queue.add(one)
    queue.end()
    const counts: number[] = []
    for (let first = queue.take(true); first; first = queue.take(true)) {
      const all = queue.takeWith(first)
      expect(all[0]).toBe(first)
      counts.push(all.length)
    }
    return counts
  }

  function jobs(count: number, size: number, batch?: Batch): Job[] {
    return Array.from({ length: count }, (_, index) => ({ ...job(String(index), size), batch }))
  }

  it('are as many as one request may have, as fit into a block, and as a header has room for', () => {
    expect(taken(jobs(130, 0, newBatch()))).toEqual([64, 64, 2])
    expect(taken(jobs(5, BLOCK_SIZE / 2, newBatch()))).toEqual([2, 2, 1])
    expect(taken(jobs(3, BLOCK_SIZE, newBatch()))).toEqual([1, 1, 1])
    expect(taken(jobs(3, BLOCK_SIZE / 2 + 1, newBatch()))).toEqual([1, 1, 1])
    expect(taken(jobs(5, 0, newBatch(LIMITS.headerFromClient / 2 - 100)))).toEqual([2, 2, 1])
    expect(taken(jobs(3, 0, newBatch(LIMITS.headerFromClient + 1)))).toEqual([1, 1, 1])
  })

  it('have one target; others, and large ones, are alone or with their own', () => {
    const [one, other] = [newBatch(), newBatch()]
    expect(taken([...jobs(2, 1, one), ...jobs(3, 1, other), ...jobs(2, 1), ...jobs(1, 1, one)])).toEqual([
      ...[2, 3],
      ...[1, 1],
      1,
    ])
    const large = { ...job('large', BLOCK_SIZE + 1), batch: one }
    expect(taken([...jobs(1, 1, one), large, ...jobs(1, 1, one)])).toEqual([2, 1])
    const queue = new JobQueue()
    for (const found of jobs(2, 1, one)) queue.add(found)
    expect(queue.takeWith(large)).toEqual([large])
  })

  it('come in the order in which they were found', () => {
    const queue = new JobQueue()
    const found = jobs(5, 1, newBatch())
    for (const one of found) queue.add(one)
    const first = queue.take(true)
    expect(first && queue.takeWith(first)).toEqual(found)
  })
})
