/*
 * What a camera wrote at the start of a photo: a small picture of it, and how it was held (Exif 2.3, sections 4.5 and
 * 4.6). Everything is read with its bounds checked, because the file may be anything.
 */

/** The bytes at the start of a file in which cameras put it: a segment has at most 65,535. */
export const EXIF_BYTES = 131_072

export interface Exif {
  /** How to turn the picture, 1 to 8 as in Exif; 1 is upright. */
  readonly orientation: number
  /** A JPEG. */
  readonly thumbnail: Uint8Array<ArrayBuffer> | undefined
}

const SOI = 0xffd8
const APP1 = 0xffe1
const START_OF_SCAN = 0xffda
/** `Exif` and two zeros. */
const MARK = [0x45786966, 0x0000] as const
const TAG = { orientation: 0x0112, offset: 0x0201, length: 0x0202 } as const
/** The bytes of an entry of a directory. */
const ENTRY = 12

/** Reads the start of a file. @returns undefined if it is no JPEG with such data */
export function readExif(bytes: Uint8Array<ArrayBuffer>): Exif | undefined {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const start = findTiff(view)
    return start === undefined ? undefined : readTiff(bytes, view, start)
  } catch (error) {
    // A position outside the bytes: the file is damaged, or no photo.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Where the TIFF structure begins. */
function findTiff(view: DataView): number | undefined {
  if (view.getUint16(0) !== SOI) return undefined
  for (let at = 2; at < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    if (marker === START_OF_SCAN || marker < 0xff00) return undefined
    if (marker === APP1 && view.getUint32(at + 4) === MARK[0] && view.getUint16(at + 8) === MARK[1])
      return at + 10
  }
  return undefined
}

function readTiff(bytes: Uint8Array<ArrayBuffer>, view: DataView, start: number): Exif {
  const isLittleEndian = view.getUint16(start) === 0x4949
  const short = (at: number): number => view.getUint16(start + at, isLittleEndian)
  const long = (at: number): number => view.getUint32(start + at, isLittleEndian)
  const directory = long(4)
  const entries = short(directory)
  /** @returns where the value of a tag is in the directory at `at` */
  const find = (at: number, tag: number): number | undefined => {
    for (let i = 0; i < short(at); i++) if (short(at + 2 + i * ENTRY) === tag) return at + 2 + i * ENTRY + 8
    return undefined
  }
  const orientation = find(directory, TAG.orientation)
  const second = long(directory + 2 + entries * ENTRY)
  const offset = second === 0 ? undefined : find(second, TAG.offset)
  const length = second === 0 ? undefined : find(second, TAG.length)
  const from = offset === undefined ? undefined : start + long(offset)
  const thumbnail =
    from === undefined || length === undefined ? undefined : bytes.slice(from, from + long(length))
  return {
    orientation: orientation === undefined ? 1 : short(orientation),
    thumbnail: thumbnail !== undefined && isJpeg(thumbnail) ? thumbnail : undefined,
  }
}

/** Whether the bytes are a JPEG from its start to its end. */
function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9
}
