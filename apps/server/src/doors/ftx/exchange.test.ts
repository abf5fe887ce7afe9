import { PassThrough } from 'node:stream'
import { Block, Hasher } from '@ftp/md5'
import { TransferError } from '@ftp/protocol'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Channel } from './channel.ts'
import { Exchange, type Part } from './exchange.ts'

let channel: Channel
let exchange: Exchange
beforeEach(() => {
  channel = new Channel(new PassThrough(), new Hasher().blocks, {
    onFrame: () => {},
    onBroken: () => {},
    onClose: () => {},
  })
  exchange = new Exchange(7, channel)
  exchange.expected = 'data'
})

function part(offset: number): Part {
  return {
    message: { id: 7, type: 'data', offset, md5: '0'.repeat(32) },
    payload: new Block(new Uint8Array(1)),
  }
}

const CANCELLED = new TransferError('cancelled', 'cancelled by the client')

describe('the parts of an exchange', () => {
  it('come in order, whether they arrived before or are waited for', async () => {
    exchange.deliver(part(0))
    exchange.deliver(part(1))
    expect((await exchange.next()).message.offset).toBe(0)
    expect((await exchange.next()).message.offset).toBe(1)
    const waiting = exchange.next()
    exchange.deliver(part(2))
    expect((await waiting).message.offset).toBe(2)
  })

  it('that were not asked for are a violation', () => {
    expect(() =>
      exchange.deliver({
        message: { id: 7, type: 'chain', offset: 0 },
        payload: new Block(new Uint8Array(16)),
      }),
    ).toThrow(expect.objectContaining({ code: 'protocol' }))
    exchange.expected = undefined
    expect(() => exchange.deliver(part(0))).toThrow(expect.objectContaining({ code: 'protocol' }))
  })

  it('stop the socket when four wait, and let it flow when there is room again', async () => {
    const pause = vi.spyOn(channel, 'pause')
    const resume = vi.spyOn(channel, 'resume')
    for (const offset of [0, 1, 2]) exchange.deliver(part(offset))
    expect(pause).not.toHaveBeenCalled()
    // One chunk may hold more frames than that.
    for (const offset of [3, 4, 5]) exchange.deliver(part(offset))
    expect(pause).toHaveBeenCalledTimes(1)
    await exchange.next()
    await exchange.next()
    expect(resume).not.toHaveBeenCalled()
    await exchange.next()
    expect(resume).toHaveBeenCalledTimes(1)
  })

  it('that nobody takes do not keep the socket stopped when the exchange ends', () => {
    const resume = vi.spyOn(channel, 'resume')
    for (const offset of [0, 1, 2, 3]) exchange.deliver(part(offset))
    exchange.close()
    expect(resume).toHaveBeenCalledTimes(1)
    exchange.close()
    expect(resume).toHaveBeenCalledTimes(1)
  })
})

describe('an exchange that is aborted', () => {
  it('fails whoever waits, and whoever asks later, with the first reason', async () => {
    const waiting = exchange.next()
    exchange.abort(CANCELLED)
    exchange.abort(new TransferError('lost', 'too late'))
    await expect(waiting).rejects.toBe(CANCELLED)
    exchange.deliver(part(0))
    await expect(exchange.next()).rejects.toBe(CANCELLED)
    await expect(exchange.acknowledged(0)).rejects.toBe(CANCELLED)
  })

  it('sends no progress', async () => {
    exchange.abort(CANCELLED)
    await expect(exchange.progressEvery(0)(1, 2)).rejects.toBe(CANCELLED)
  })
})

describe('acknowledgements', () => {
  it('are waited for up to an offset, and never go back', async () => {
    await exchange.acknowledged(0)
    let reached = false
    const waiting = exchange.acknowledged(10).then(() => {
      reached = true
    })
    exchange.acknowledge(9)
    await Promise.resolve()
    expect(reached).toBe(false)
    exchange.acknowledge(10)
    exchange.acknowledge(3)
    await waiting
    await exchange.acknowledged(10)
  })
})

describe('progress', () => {
  it('is sent once an interval at most', async () => {
    const now = vi.spyOn(performance, 'now')
    const reply = vi.spyOn(exchange, 'reply')
    now.mockReturnValue(0)
    const progress = exchange.progressEvery(1_000)
    for (const time of [0, 999, 1_000, 1_001, 1_999, 2_000]) {
      now.mockReturnValue(time)
      await progress(time, 5_000)
    }
    now.mockRestore()
    expect(reply.mock.calls).toEqual([
      [{ type: 'progress', done: 1_000, total: 5_000 }],
      [{ type: 'progress', done: 2_000, total: 5_000 }],
    ])
  })
})

describe('an exchange whose block is still arriving', () => {
  it('P-6.10: says so, but not more than once a second, and only where it waits for one', () => {
    const sent = vi.spyOn(channel, 'send').mockResolvedValue()
    const clock = vi.spyOn(performance, 'now')
    const now = performance.now()
    clock.mockReturnValue(now + 5_000)
    exchange.heard()
    exchange.heard()
    expect(sent.mock.calls.map(([header]) => header)).toEqual([
      { id: 7, type: 'progress', done: 0, total: 0 },
    ])
    exchange.expected = undefined
    clock.mockReturnValue(now + 10_000)
    exchange.heard()
    expect(sent).toHaveBeenCalledTimes(1)
    vi.restoreAllMocks()
  })
})
