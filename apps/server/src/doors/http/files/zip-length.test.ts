import { predictLength } from 'client-zip'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ZipLength } from './zip-length.ts'

const size = fc.oneof(
  fc.nat({ max: 100_000 }),
  fc.constantFrom(0xffff_fffe, 0xffff_ffff, 0x1_0000_0000, 5e12),
  fc.integer({ min: 0x7fff_0000, max: 0xffff_ffff }),
)
const file = fc.record({ name: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }), size })

it('is what client-zip predicts, for files of any size, folders and none at all', () => {
  fc.assert(
    fc.property(fc.array(file, { maxLength: 12 }), fc.boolean(), (files, hasFolder) => {
      const entries = files.map(({ name, size: bytes }) => ({ name: `f${name}.`, size: bytes }))
      const length = new ZipLength()
      for (const entry of entries) length.add(entry.name, entry.size)
      if (hasFolder) length.add('folder/', 0)
      const folder = hasFolder ? [{ name: 'folder/' }] : []
      expect(BigInt(length.total)).toBe(predictLength([...entries, ...folder]))
    }),
  )
})
