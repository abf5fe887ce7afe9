import { Duplex } from 'node:stream'
import { Hasher } from '@ftp/md5'
import { encodeFrame, type Frame, idOf, LIMITS, TransferError } from '@ftp/protocol'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Spool } from '../../guards/spool.ts'
import { Channel } from './channel.ts'

/** A socket whose other side is the test: what is written waits until it is taken. */
class FakeSocket extends Duplex {
  readonly written: Buffer[] = []
  #taken: (() => void) | undefined

  constructor() {
    super({ highWaterMark: 10 })
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk)
    this.#taken = done
  }

  /** Takes what has been written, as a client that reads does. */
  takeAll(): void {
    for (let taken = this.#taken; taken !== undefined; taken = this.#taken) {
      this.#taken = undefined
      taken()
    }
  }
}

let socket: FakeSocket
let channel: Channel
let frames: Frame[]
let broken: unknown[]
let closed: number
beforeEach(() => {
  socket = new FakeSocket()
  ;[frames, broken, closed] = [[], [], 0]
  channel = new Channel(socket, new Hasher().blocks, {
    onFrame: (frame) => {
      if (idOf(frame.header) === 99) throw new Error('refused')
      frames.push(frame)
    },
    onBroken: (error) => broken.push(error),
    onClose: () => closed++,
  })
})

/** Lets the streams do what they have to. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

/** More than may wait for the socket. */
const MUCH = Buffer.alloc(300_000)

describe('a channel', () => {
  it('gives the frames of any chunks in order', async () => {
    const bytes = Buffer.concat([encodeFrame({ id: 1 }), encodeFrame({ id: 2 }), encodeFrame({ id: 3 })])
    socket.push(bytes.subarray(0, 7))
    socket.push(bytes.subarray(7))
    await settled()
    expect(frames.map(({ header }) => idOf(header))).toEqual([1, 2, 3])
  })

  it.each([
    ['that are no frames', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['that its owner refuses', encodeFrame({ id: 99 })],
  ])('says once that it is broken by bytes %s, and gives no frame after them', async (_, bytes) => {
    socket.push(Buffer.concat([bytes, encodeFrame({ id: 1 })]))
    socket.push(encodeFrame({ id: 2 }))
    await settled()
    expect(broken).toHaveLength(1)
    expect(frames).toEqual([])
  })

  it('sends what is ready before the thread does anything else', async () => {
    await settled()
    await channel.send({ id: 1 })
    await new Promise<void>((resolve) => process.nextTick(resolve))
    expect(socket.written).toHaveLength(1)
  })

  it('holds its sender while the socket takes no more', async () => {
    let sent = false
    const sending = channel.send({ id: 1 }, MUCH).then(() => {
      sent = true
    })
    await settled()
    expect(sent).toBe(false)
    while (!sent) {
      socket.takeAll()
      await settled()
    }
    await sending
    expect(Buffer.concat(socket.written)).toEqual(Buffer.from(encodeFrame({ id: 1 }, MUCH)))
  })

  it('fails whoever sends, now or later, when the socket is gone', async () => {
    const sending = channel.send({ id: 1 }, MUCH)
    socket.destroy(new Error('reset'))
    await expect(sending).rejects.toMatchObject({ code: 'lost' })
    await expect(channel.send({ id: 2 })).rejects.toMatchObject({ code: 'lost' })
    await settled()
    expect(closed).toBe(1)
  })

  it('is closed, and says nothing of its disk, if that has no space for the rest of a slow payload', async () => {
    channel.limits = { header: LIMITS.headerFromClient, payload: LIMITS.payload }
    const frame = encodeFrame({ id: 1 }, MUCH)
    socket.push(frame.subarray(0, 100_000))
    await settled()
    let writes = 0
    const spool = new Spool('unused')
    vi.spyOn(spool, 'slot').mockReturnValue({
      write: () => {
        if (++writes > 1) throw new TransferError('no_space', 'the disk is full')
      },
      read: () => {},
      [Symbol.dispose]: () => {},
    })
    const now = performance.now()
    using _later = vi.spyOn(performance, 'now').mockReturnValue(now + 60_000)
    channel.yieldMemory(spool)
    socket.push(frame.subarray(100_000, 200_000))
    socket.push(frame.subarray(200_000))
    await settled()
    await settled()
    expect({ writes, broken, frames, destroyed: socket.destroyed }).toMatchObject({
      broken: [],
      frames: [],
      destroyed: true,
    })
  })
})
