import { takeBlock } from '@ftp/md5'
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

it('tells whenever one more reply has been read, and when none will be', async () => {
  const exchange = new Exchange(async () => {})
  const answer = { reply: { id: 1, type: 'entries', entries: [] }, payload: new Uint8Array(0) } as const
  for (let page = 0; page < 3; page++) exchange.deliver(answer, page === 2)
  const unread: number[] = []
  exchange.onRead = () => unread.push(exchange.unread)
  await exchange.expect('entries')
  expect(unread).toEqual([2])
  exchange[Symbol.dispose]()
  expect(unread).toEqual([2, 0])
})

it('gives back the blocks that nobody has read, also those that come when it has been left', () => {
  const exchange = new Exchange(async () => {})
  const reply = { id: 1, type: 'data', offset: 0, md5: '0'.repeat(32) } as const
  const [unread, late] = [takeBlock(), takeBlock()]
  exchange.deliver({ reply, payload: unread }, false)
  exchange[Symbol.dispose]()
  exchange.deliver({ reply, payload: late }, true)
  expect([takeBlock(), takeBlock()].map(({ byteOffset }) => byteOffset)).toEqual(
    [late, unread].map(({ byteOffset }) => byteOffset),
  )
})
