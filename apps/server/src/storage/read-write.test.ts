import fs from 'node:fs'
import fc from 'fast-check'
import { afterAll, expect, it, vi } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { readFully, writeFully } from './read-write.ts'

/** How many bytes the next call reads or writes at most. */
const { lengths } = vi.hoisted(() => {
  const lengths: number[] = []
  return { lengths }
})

/** A system whose calls do less than they were asked for, as POSIX allows. */
vi.mock('node:fs', async (original) => {
  const { promisify } = await import('node:util')
  const real = (await original<{ default: typeof fs }>()).default
  type Done = (error: Error | null, bytes: number) => void
  type Arguments = [fd: number, bytes: Uint8Array, from: number, length: number, at: number]
  const short = (call: typeof real.read | typeof real.write, result: string): object => {
    const promised = (...[fd, bytes, from, length, at]: Arguments): Promise<object> =>
      new Promise((resolve, reject) => {
        const done: Done = (error, count) => (error ? reject(error) : resolve({ [result]: count }))
        Reflect.apply(call, real, [fd, bytes, from, Math.min(length, lengths.shift() ?? length), at, done])
      })
    return Object.assign(() => {}, { [promisify.custom]: promised })
  }
  return {
    default: {
      ...real,
      read: short(real.read, 'bytesRead'),
      write: short(real.write, 'bytesWritten'),
    },
  }
})

const folder = new TempDir()
afterAll(() => folder[Symbol.dispose]())

it('all bytes are written and read, each in its place, however little one call does', async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 30 })
  const bytes = fc.uint8Array({ maxLength: 300 })
  const property = fc.asyncProperty(bytes, cuts, cuts, fc.nat(40), async (content, writes, reads, offset) => {
    const fd = fs.openSync(folder.at('file'), 'w+')
    try {
      lengths.splice(0, lengths.length, ...writes)
      await writeFully(fd, content, offset)
      lengths.splice(0, lengths.length, ...reads)
      const buffer = new Uint8Array(content.length + 20)
      expect(await readFully(fd, buffer, offset)).toBe(content.length)
      expect(buffer.subarray(0, content.length)).toEqual(content)
    } finally {
      fs.closeSync(fd)
    }
  })
  await fc.assert(property, { numRuns: 300 })
})
