/** A PNG of one pixel. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

/** A JPEG of one pixel. */
const SMALL = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z',
  'base64',
)

/** The start of a photo as a camera writes it, with a small picture in it, and then as many bytes as make `size`. */
export function photoWithThumbnail(size: number): Buffer {
  const photo = Buffer.alloc(size)
  const tiff = Buffer.alloc(60)
  tiff.write('II*\0', 0, 'latin1')
  tiff.writeUInt32LE(8, 4)
  // A directory without entries, and then the one of the small picture: where it is, and how long.
  tiff.writeUInt32LE(14, 10)
  tiff.writeUInt16LE(2, 14)
  entry(tiff, 16, 0x0201, tiff.length)
  entry(tiff, 28, 0x0202, SMALL.length)
  const data = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, SMALL])
  photo.set([0xff, 0xd8, 0xff, 0xe1])
  photo.writeUInt16BE(data.length + 2, 4)
  photo.set(data, 6)
  return photo
}

function entry(tiff: Buffer, at: number, tag: number, value: number): void {
  tiff.writeUInt16LE(tag, at)
  tiff.writeUInt16LE(4, at + 2)
  tiff.writeUInt32LE(1, at + 4)
  tiff.writeUInt32LE(value, at + 8)
}

/** A WAV with so many seconds of silence. */
export function recording(seconds: number): Buffer {
  const rate = 44_100
  const wav = Buffer.alloc(44 + 2 * rate * seconds)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(wav.length - 8, 4)
  wav.write('WAVEfmt ', 8)
  // PCM, one channel, 16 bits.
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(rate, 24)
  wav.writeUInt32LE(2 * rate, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(wav.length - 44, 40)
  return wav
}
