import { Block } from '@ftp/md5/block'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import vectors from '../vectors/frames.json' with { type: 'json' }
import { TransferError } from './errors.ts'
import { encodeFrame, encodeHeader, type Frame, FrameDecoder, type FrameLimits } from './frame.ts'
import { LIMITS } from './limits.ts'

const SERVING: FrameLimits = { header: LIMITS.headerFromClient, payload: LIMITS.payload }

/** A frame with the bytes of its payload. */
interface Cut {
  readonly header: object
  readonly payload: Uint8Array
}

const STREAM: readonly Cut[] = [
  { header: { id: 1, type: 'ping' }, payload: new Uint8Array(0) },
  { header: { id: 2, type: 'data', offset: 0, size: 3 }, payload: Uint8Array.of(0, 255, 10) },
  { header: { id: 3, type: 'stat', path: 'é/😀' }, payload: new Uint8Array(0) },
  { header: { id: 4, type: 'data', size: 9 }, payload: Uint8Array.from([4, 0, 0, 0, 123, 125, 0, 0, 0]) },
]

describe('FrameDecoder', () => {
  it('P-3.1: reads frames that follow each other, and nothing else', () => {
    expect(decode([concat(STREAM.map(encoded))])).toEqual(STREAM)
  })

  it('P-2.3: gives the same frames wherever the stream is cut in two', () => {
    const stream = concat(STREAM.map(encoded))
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(decode([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(STREAM)
    }
  })

  it('P-2.3: gives the same frames wherever the stream is cut in three', () => {
    const stream = concat(STREAM.map(encoded))
    const whole = JSON.stringify(decode([stream]))
    for (let one = 0; one <= stream.length; one++) {
      for (let two = one; two <= stream.length; two++) {
        const pieces = [stream.subarray(0, one), stream.subarray(one, two), stream.subarray(two)]
        expect(JSON.stringify(decode(pieces))).toBe(whole)
      }
    }
  })

  it('P-2.3: gives the same frames when it says itself where the bytes go', () => {
    const block = Uint8Array.from({ length: LIMITS.payload }, (_, i) => i % 251)
    const frames = [
      ...STREAM,
      { header: { id: 5, type: 'data', size: block.length }, payload: block },
      ...STREAM,
    ]
    const stream = concat(frames.map(encoded))
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 100_000 })), (sizes) => {
        const decoder = new FrameDecoder(SERVING)
        const got: Frame[] = []
        for (let at = 0; at < stream.length; ) {
          const { destination } = decoder
          const count = Math.min(destination.length, stream.length - at, sizes.next().value ?? 1)
          destination.set(stream.subarray(at, at + count))
          got.push(...decoder.took(count))
          at += count
        }
        expect(got.length).toBe(frames.length)
        for (const [i, { payload }] of frames.entries())
          expect(Buffer.compare(got[i]?.payload.bytes ?? new Uint8Array(0), payload)).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  it('holds what comes behind a payload for which there is no memory, and gives the same frames once there is', () => {
    const frames = [
      ...STREAM,
      { header: { id: 5, type: 'data', size: 300 }, payload: new Uint8Array(300).fill(5) },
    ]
    const stream = concat([...frames, ...frames].map(encoded))
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 90 })), (sizes) => {
        let wants = 0
        // Every second time there is memory at once.
        const take = (length: number): Block | undefined =>
          wants++ % 2 === 0 ? undefined : new Block(new Uint8Array(length))
        const decoder = new FrameDecoder(SERVING, take)
        const got: Frame[] = []
        for (const chunk of chop(stream, sizes)) got.push(...decoder.push(chunk))
        for (let { wanted } = decoder; wanted !== undefined; { wanted } = decoder)
          got.push(...decoder.supply(new Block(new Uint8Array(wanted))))
        expect(got.map(({ payload }) => [...payload.bytes])).toEqual(
          [...frames, ...frames].map(({ payload }) => [...payload]),
        )
        expect(decoder.idle).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('P-6.5: decodes nothing behind a frame while it is held, and then by the limits that hold by then', () => {
    const stream = concat(STREAM.map(encoded))
    for (let cut = 0; cut <= stream.length; cut++) {
      const decoder = new FrameDecoder({ header: LIMITS.headerBeforeLogin, payload: 0 })
      const got: Cut[] = []
      const read = (frames: Iterable<Frame>): void => {
        for (const { header, payload } of frames) {
          got.push({ header, payload: new Uint8Array(payload.bytes) })
          decoder.hold()
        }
      }
      read(decoder.push(stream.subarray(0, cut)))
      // The memory that the bytes came in is somebody else's by the time they are decoded.
      const chunk = stream.slice(cut)
      read(decoder.push(chunk))
      if (decoder.isHeld) chunk.fill(0)
      expect(got.length).toBe(1)
      decoder.limits = SERVING
      for (let decoded = 0; decoder.isHeld && decoded < STREAM.length; decoded++) read(decoder.release())
      expect(got).toEqual(STREAM)
    }
  })

  it('gives the memory of a frame back that will not be completed', () => {
    let back = 0
    const decoder = new FrameDecoder(SERVING, (length) => new Block(new Uint8Array(length), () => back++))
    for (const _ of decoder.push(encodeFrame({ id: 1 }, new Uint8Array(9)).subarray(0, -1)));
    expect(back).toBe(0)
    decoder.discard()
    expect([back, decoder.idle]).toEqual([1, true])
  })

  it('P-2.3: gives the same frames for any frames in any chunks', () => {
    const frame = fc
      .tuple(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 300 }))
      .map(([text, payload]) => ({ header: { id: 1, type: text }, payload }))
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        (frames, sizes) => {
          const stream = concat(frames.map(({ header, payload }) => encodeFrame(header, payload)))
          const got = decode(chop(stream, sizes))
          expect(got.map(({ payload }) => Buffer.from(payload).toString('hex'))).toEqual(
            frames.map(({ payload }) => Buffer.from(payload).toString('hex')),
          )
          expect(got.map(({ header }) => ({ ...header, size: undefined }))).toEqual(
            frames.map(({ header }) => ({ ...header, size: undefined })),
          )
        },
      ),
    )
  })

  it('P-3.2: refuses a header length on its four bytes, before anything is allocated', () => {
    for (const length of [0, SERVING.header + 1, 0x7fff_ffff, 0xffff_ffff]) {
      const decoder = new FrameDecoder(SERVING)
      expect([...decoder.push(prefix(length).subarray(0, 3))]).toEqual([])
      const before = process.memoryUsage().arrayBuffers
      expect(() => [...decoder.push(prefix(length).subarray(3))]).toThrow(violation())
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000)
    }
  })

  it('P-3.2, P-5.1: takes a header of exactly the limit', () => {
    const header = { id: 1, type: 'x'.repeat(SERVING.header - '{"id":1,"type":""}'.length) }
    expect(decode([encodeFrame(header)])).toEqual([{ header, payload: new Uint8Array(0) }])
    expect(() => decode([encodeFrame({ ...header, id: 10 })])).toThrow(violation())
  })

  it('P-3.3, P-5.1: refuses a payload over the limit before its first byte, and takes one of exactly the limit', () => {
    const payload = new Uint8Array(LIMITS.payload)
    expect(decode([encodeFrame({ id: 1 }, payload)])[0]?.payload).toHaveLength(LIMITS.payload)
    expect(() => decode([encodeHeader({ id: 1 }, LIMITS.payload + 1)])).toThrow(violation())
  })

  it('P-5.1: takes small headers and no payload unless told otherwise', () => {
    const decoder = new FrameDecoder()
    expect(() => [...decoder.push(prefix(LIMITS.headerBeforeLogin + 1))]).toThrow(violation())
    expect(() => [...new FrameDecoder().push(encodeHeader({ id: 1 }, 1))]).toThrow(violation())
  })

  it('P-6.5: uses limits that change between two frames of one chunk', () => {
    const payload = new Uint8Array(100)
    const decoder = new FrameDecoder()
    const chunk = concat([encodeFrame({ id: 1 }), encodeFrame({ id: 2, pad: 'x'.repeat(3_000) }, payload)])
    const got: Frame[] = []
    for (const frame of decoder.push(chunk)) {
      got.push(frame)
      decoder.limits = SERVING
    }
    expect(got.map((frame) => frame.payload.length)).toEqual([0, 100])
  })

  it('P-3.4: is idle between frames only', () => {
    const decoder = new FrameDecoder(SERVING)
    const stream = concat(STREAM.map(encoded))
    const borders = new Set<number>()
    STREAM.reduce((at, frame) => {
      borders.add(at + encoded(frame).length)
      return at + encoded(frame).length
    }, 0)
    expect(decoder.idle).toBe(true)
    for (let at = 0; at < stream.length; at++) {
      for (const _ of decoder.push(stream.subarray(at, at + 1)));
      expect(decoder.idle).toBe(borders.has(at + 1))
    }
  })

  it('gives frames whose bytes do not change when the next one arrives', () => {
    const chunk = encodeFrame({ id: 1 }, Uint8Array.of(1, 2, 3))
    const decoder = new FrameDecoder(SERVING)
    const [first] = [...decoder.push(chunk)]
    chunk.fill(0xff)
    expect([...(first?.payload.bytes ?? [])]).toEqual([1, 2, 3])
  })
})

describe('vectors/frames.json', () => {
  it.each(vectors.valid)('P-3.1, P-4.1: reads and writes $title', ({ header, payload, bytes }) => {
    const [frame, ...more] = decode([Buffer.from(bytes, 'hex')])
    expect(more).toEqual([])
    expect(frame?.header).toEqual(header)
    expect(Buffer.from(frame?.payload ?? []).toString('hex')).toBe(payload)
    const { size: _, ...bare } = { size: 0, ...header }
    expect(Buffer.from(encodeFrame(bare, Buffer.from(payload, 'hex'))).toString('hex')).toBe(bytes)
  })

  it.each(vectors.invalid)('P-4.4, P-3.3: refuses $title', ({ bytes, error }) => {
    expect(() => decode([Buffer.from(bytes, 'hex')])).toThrow(expect.objectContaining({ code: error }))
  })
})

function decode(chunks: Iterable<Uint8Array>): Cut[] {
  const decoder = new FrameDecoder(SERVING)
  const frames: Frame[] = []
  for (const chunk of chunks) frames.push(...decoder.push(chunk))
  expect(decoder.idle).toBe(true)
  return frames.map(({ header, payload }) => ({ header, payload: Uint8Array.from(payload.bytes) }))
}

function encoded({ header, payload }: Cut): Uint8Array {
  const { size: _, ...bare } = { size: 0, ...header }
  return encodeFrame(bare, payload)
}

function* chop(bytes: Uint8Array, sizes: Iterable<number>): Generator<Uint8Array> {
  let at = 0
  for (const size of sizes) {
    if (at >= bytes.length) return
    yield bytes.subarray(at, at + size)
    at += size
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}

function prefix(length: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, length, true)
  return bytes
}

function violation(): unknown {
  return expect.objectContaining({ constructor: TransferError, code: 'protocol' })
}

it('a payload that is put elsewhere while it comes needs memory only when it is complete, and is whole then', () => {
  const block = Uint8Array.from({ length: LIMITS.payload }, (_, i) => i >>> 12)
  const bytes = Buffer.concat([encodeFrame({ id: 1 }, block), encodeFrame({ id: 2 })])
  let given = 0
  const decoder = new FrameDecoder(SERVING, (length) => {
    given++
    return new Block(Buffer.alloc(length), () => void given--)
  })
  expect([...decoder.push(bytes.subarray(0, 300_000))]).toEqual([])
  expect(decoder.arriving?.length).toBe(block.length)
  const elsewhere = new Uint8Array(block.length)
  decoder.divert((piece, at) => elsewhere.set(piece, at))
  expect([decoder.arriving, decoder.wanted, given]).toEqual([undefined, undefined, 0])
  expect([...decoder.push(bytes.subarray(300_000, 600_000))]).toEqual([])
  // What comes behind it waits with it.
  expect([...decoder.push(bytes.subarray(600_000))]).toEqual([])
  expect(decoder.wanted).toBe(block.length)
  const frames = [...decoder.supply(new Block(elsewhere))]
  expect(frames.map(({ header }) => header)).toEqual([{ id: 1, size: block.length }, { id: 2 }])
  expect(Buffer.from(frames[0]?.payload.bytes ?? []).equals(block)).toBe(true)
  expect(decoder.idle).toBe(true)
})
