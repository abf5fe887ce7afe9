import { setImmediate } from 'node:timers/promises'
import { BLOCK_SIZE, Block, Hasher } from '@ftp/md5'
import { TransferError } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { Exchange, type Part } from './exchange.ts'

it('P-9.3: repeats its last ack as a sign of life, and nothing before there is one', async () => {
  const sent: Part[] = []
  const exchange = new Exchange(async (part) => void sent.push(part))
  exchange.sayAlive()
  expect(sent).toEqual([])
  await exchange.send({ type: 'ack', offset: 1_048_576 })
  exchange.sayAlive()
  expect(sent).toEqual([
    { type: 'ack', offset: 1_048_576 },
    { type: 'ack', offset: 1_048_576 },
  ])
})

it.each(['while a part is sent', 'before'])(
  'P-11.13: hears that the server has ended it %s, even if the line takes nothing more',
  async (when) => {
    using exchange = new Exchange(() => new Promise(() => {}))
    const send = (): Promise<void> => exchange.send({ type: 'data', offset: 0, md5: '0'.repeat(32) })
    const sending = when === 'before' ? undefined : send()
    const reply = { id: 1, type: 'error', code: 'taken_over', message: 'another client goes on' } as const
    exchange.deliver({ reply, payload: new Block(new Uint8Array(0)) }, true)
    expect(await Promise.race([sending ?? send(), setImmediate('it still waits')])).toBeUndefined()
    await expect(exchange.next()).rejects.toMatchObject({ code: 'taken_over' })
  },
)

it('tells whenever one more reply has been read, and when none will be', async () => {
  const exchange = new Exchange(async () => {})
  const reply = { id: 1, type: 'entries', entries: [] } as const
  for (let page = 0; page < 3; page++)
    exchange.deliver({ reply, payload: new Block(new Uint8Array(0)) }, page === 2)
  const unread: number[] = []
  exchange.onRead = () => unread.push(exchange.unread)
  await exchange.expect('entries')
  expect(unread).toEqual([2])
  exchange[Symbol.dispose]()
  expect(unread).toEqual([2, 0])
})

it('keeps the payload of a reply until the next one is asked for, unless it is moved', async () => {
  using hasher = new Hasher()
  const { blocks } = hasher
  using exchange = new Exchange(async () => {})
  const reply = { id: 1, type: 'data', offset: 0, md5: '0'.repeat(32) } as const
  for (let count = 0; count < 3; count++)
    exchange.deliver({ reply, payload: await blocks.take() }, count === 2)
  const { payload } = await exchange.next()
  expect(blocks.taken).toBe(3)
  using kept = (await exchange.next()).payload.move()
  expect(() => payload.bytes).toThrow(ReferenceError)
  await exchange.next()
  expect([blocks.taken, kept.length]).toEqual([2, 1_048_576])
})

it('gives back the blocks that nobody has read, and takes over none that come when it has been left', async () => {
  using hasher = new Hasher()
  const { blocks } = hasher
  const exchange = new Exchange(async () => {})
  const reply = { id: 1, type: 'data', offset: 0, md5: '0'.repeat(32) } as const
  for (let count = 0; count < 2; count++) exchange.deliver({ reply, payload: await blocks.take() }, false)
  await exchange.next()
  exchange[Symbol.dispose]()
  expect(blocks.taken).toBe(0)
  using late = await blocks.take()
  exchange.deliver({ reply, payload: late }, true)
  expect(late.length).toBe(1_048_576)
})

it('leaves the payload of the reply read last to its reader, even if the connection fails meanwhile', async () => {
  using hasher = new Hasher()
  const { blocks } = hasher
  {
    using exchange = new Exchange(async () => {})
    const reply = { id: 1, type: 'data', offset: 0, md5: '0'.repeat(32) } as const
    for (let count = 0; count < 2; count++) exchange.deliver({ reply, payload: await blocks.take() }, false)
    const { payload } = await exchange.next()
    exchange.leave(new TransferError('lost', 'the connection broke'))
    expect(payload.length).toBe(BLOCK_SIZE)
    await expect(exchange.next()).rejects.toMatchObject({ code: 'lost' })
  }
  expect(blocks.taken).toBe(0)
})
