import { setImmediate as settled } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Job } from '../job.ts'
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
        await queue.room()
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
