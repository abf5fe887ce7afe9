import fs from 'node:fs'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { TempDir } from '../../../test/support/temp-dir.ts'
import { type FileSystem, systemFiles } from './file-system.ts'
import { readFully, writeFully } from './read-write.ts'

/** How many bytes the next call reads or writes at most. */
const lengths: number[] = []

/** A system whose calls do less than they were asked for, as POSIX allows. */
const short: FileSystem = {
  ...systemFiles,
  read: (fd, buffer, start, length, at) =>
    systemFiles.read(fd, buffer, start, Math.min(length, lengths.shift() ?? length), at),
  write: (fd, bytes, start, length, at) =>
    systemFiles.write(fd, bytes, start, Math.min(length, lengths.shift() ?? length), at),
}

const folder = new TempDir()
afterAll(() => folder[Symbol.dispose]())

it('all bytes are written and read, each in its place, however little one call does', async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 30 })
  const bytes = fc.uint8Array({ maxLength: 300 })
  // Around what 31 and 32 bits can count; the file is sparse.
  const offsets = fc.oneof(
    fc.nat(40),
    ...[2 ** 31, 2 ** 32, 2 ** 40].map((border) => fc.integer({ min: border - 150, max: border })),
  )
  const property = fc.asyncProperty(bytes, cuts, cuts, offsets, async (content, writes, reads, offset) => {
    const fd = fs.openSync(folder.at('file'), 'w+')
    try {
      lengths.splice(0, lengths.length, ...writes)
      await writeFully(short, fd, content, offset)
      lengths.splice(0, lengths.length, ...reads)
      const buffer = new Uint8Array(content.length + 20)
      expect(await readFully(short, fd, buffer, offset)).toBe(content.length)
      expect(buffer.subarray(0, content.length)).toEqual(content)
    } finally {
      fs.closeSync(fd)
    }
  })
  await fc.assert(property, { numRuns: 300 })
})
