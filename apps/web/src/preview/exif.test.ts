import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readExif } from './exif.ts'

const THUMBNAIL = [0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]

/** The start of a photo. @param isLittleEndian the order of bytes that the camera chose */
function photo(isLittleEndian: boolean, orientation: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(200)
  const view = new DataView(bytes.buffer)
  // SOI, a segment APP0 of 4 bytes, and APP1.
  bytes.set([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xe1, 0, 150])
  bytes.set(new TextEncoder().encode('Exif\0\0'), 12)
  const start = 18
  const short = (at: number, value: number): void => view.setUint16(start + at, value, isLittleEndian)
  const long = (at: number, value: number): void => view.setUint32(start + at, value, isLittleEndian)
  bytes.set(new TextEncoder().encode(isLittleEndian ? 'II' : 'MM'), start)
  short(2, 42)
  long(4, 8)
  short(8, 1)
  short(10, 0x0112)
  short(18, orientation)
  long(22, 26)
  short(26, 2)
  short(28, 0x0201)
  long(36, 60)
  short(40, 0x0202)
  long(48, THUMBNAIL.length)
  bytes.set(THUMBNAIL, start + 60)
  return bytes
}

it.each([true, false])(
  'finds the picture and how the camera was held, little-endian: %j',
  (isLittleEndian) => {
    const exif = readExif(photo(isLittleEndian, 6))
    expect(exif).toEqual({ orientation: 6, thumbnail: Uint8Array.from(THUMBNAIL) })
  },
)

it('finds nothing in other files, or in a photo that ends too early', () => {
  for (const length of [0, 1, 2, 11, 20, 30])
    expect(readExif(photo(true, 1).slice(0, length))).toBeUndefined()
  expect(readExif(new TextEncoder().encode('\x89PNG and so on, for some more bytes'))).toBeUndefined()
})

it('takes nothing for a picture that is cut', () => {
  expect(readExif(photo(true, 1).slice(0, 81))?.thumbnail).toBeUndefined()
})

it('ends for any bytes', () => {
  const damaged = fc
    .tuple(fc.array(fc.tuple(fc.nat(199), fc.nat(255)), { maxLength: 20 }), fc.boolean())
    .map(([changes, isLittleEndian]) => {
      const bytes = photo(isLittleEndian, 1)
      for (const [at, value] of changes) bytes[at] = value
      return bytes
    })
  fc.assert(
    fc.property(damaged, (bytes) => {
      readExif(bytes)
    }),
  )
})
