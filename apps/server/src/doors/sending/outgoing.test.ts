import { once } from 'node:events'
import net from 'node:net'
import { type BlockPool, Hasher } from '@ftp/md5'
import { type Frame, FrameDecoder, LIMITS } from '@ftp/protocol'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Backlog } from '../../guards/backlog.ts'
import { Throttle } from '../../guards/throttle.ts'
import { Outgoing } from './outgoing.ts'
import { BlockPayload } from './payload.ts'

let blocks: BlockPool
let listener: net.Server
let peer: net.Socket
let socket: net.Socket
let outgoing: Outgoing
let throttle: Throttle
let frames: Frame[]
beforeEach(async () => {
  ;({ blocks } = new Hasher())
  listener = net.createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const accepted = once(listener, 'connection')
  socket = net.connect(address !== null && typeof address === 'object' ? address.port : 0, '127.0.0.1')
  ;[peer] = (await accepted) as [net.Socket]
  throttle = new Throttle()
  outgoing = new Outgoing(socket, { throttle, owner: () => '', backlog: new Backlog(0) })
  frames = []
  const decoder = new FrameDecoder({ header: LIMITS.headerFromServer, payload: LIMITS.payload })
  peer.on('data', (chunk: Buffer) => frames.push(...decoder.push(chunk))).pause()
})
afterEach(() => {
  socket.destroy()
  peer.destroy()
  listener.close()
})

const SOURCE = new Uint8Array(LIMITS.payload).map((_, i) => i >>> 8)

/** A block with the bytes of the source, to which they are fetched again. */
async function payload(onRelease = (): void => {}): Promise<BlockPayload> {
  using block = await blocks.take()
  block.bytes.set(SOURCE)
  const again = async (buffer: Uint8Array, at: number): Promise<void> =>
    buffer.set(SOURCE.subarray(at, at + buffer.length))
  return new BlockPayload(block, again, onRelease)
}

/** Sends until the peer, who does not read, takes no more. @returns what has been sent when the peer reads */
async function fill(): Promise<{ readonly count: number; readonly sent: Promise<void> }> {
  for (let count = 1; ; count++) {
    const released = Promise.withResolvers<boolean>()
    const sent = outgoing.send({ id: count }, await payload(() => released.resolve(true)))
    if (await Promise.race([released.promise, sent.then(() => false)])) return { count, sent }
  }
}

function expectWhole(count: number): void {
  expect(frames.map(({ header }) => header)).toEqual(
    Array.from({ length: count }, (_, i) => ({ id: i + 1, size: SOURCE.length })),
  )
  for (const frame of frames) expect(Buffer.from(frame.payload.bytes).equals(SOURCE)).toBe(true)
}

it('a peer that does not read has no block after a moment, and gets the same bytes when it reads on', async () => {
  const { count, sent } = await fill()
  expect(blocks.taken).toBe(0)
  // What becomes of the block is not seen by the peer.
  using other = await blocks.take()
  other.bytes.fill(0)
  peer.resume()
  await sent
  await outgoing.send({ id: count + 1 }, await payload())
  while (frames.length <= count) await once(peer, 'data')
  expectWhole(count + 1)
})

it('a peer that was slow is sent small pieces, so that little waits for it', async () => {
  const { sent } = await fill()
  peer.resume()
  await sent
  const write = vi.spyOn(socket, 'write')
  await outgoing.send({ id: 0 }, await payload())
  const sizes = write.mock.calls.map(([piece]) => piece.length)
  expect(Math.max(...sizes)).toBeLessThan(65_536 + 100)
})

it('a peer that reads gets its block as it is, in order with what is said meanwhile', async () => {
  peer.resume()
  const large = outgoing.send({ id: 1 }, await payload())
  const short = outgoing.send({ id: 2 })
  await Promise.all([large, short])
  while (frames.length < 2) await once(peer, 'data')
  expect(frames.map(({ header }) => header)).toEqual([{ id: 1, size: SOURCE.length }, { id: 2 }])
  expect(blocks.taken).toBe(0)
})

it('a block that waits for its rate is given back after a moment', async () => {
  throttle.limit = { slice: 1_024, take: () => () => 60_000 }
  const released = Promise.withResolvers<void>()
  const sent = outgoing.send({ id: 1 }, await payload(released.resolve))
  await released.promise
  expect(blocks.taken).toBe(0)
  socket.destroy()
  throttle.close()
  await expect(sent).rejects.toMatchObject({ code: 'lost' })
})

it('of a connection that is lost no block is left', async () => {
  peer.resume()
  const sent = outgoing.send({ id: 1 }, await payload())
  socket.destroy()
  await expect(sent).rejects.toMatchObject({ code: 'lost' })
  await expect(outgoing.send({ id: 2 }, await payload())).rejects.toMatchObject({ code: 'lost' })
  expect(blocks.taken).toBe(0)
})
