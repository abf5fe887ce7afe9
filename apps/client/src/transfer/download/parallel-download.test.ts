import { BLOCK_SIZE, Block, CHAIN_VALUE_SIZE } from '@ftp/md5'
import { LIMITS, parsePath, type Reply, TransferError } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { Exchange, type NewRequest } from '../../connection/exchange.ts'
import { ParallelDownload } from './parallel-download.ts'
import type { Sink } from './sink.ts'

const SILENT = { phase: () => {}, size: () => {}, moved: () => {}, resumed: () => {} }
const BLOCKS = 100_000
const SIZE = BLOCKS * BLOCK_SIZE + 1
const ENTRY = { name: 'f', type: 'file', size: SIZE, mtime: 0, mode: 0o644 } as const
const RUN = 4 * BLOCK_SIZE

const NOTHING_HELD: Sink = {
  size: 0,
  isFinal: false,
  window: LIMITS.windowMax,
  read: async () => 0,
  write: async () => {},
  passed: async () => {},
  truncate: async () => {},
  requireSpace: () => {},
}

it('looks at no block that is not held, and asks again for what a lost connection owed', async () => {
  const download = new ParallelDownload(parsePath('f'), NOTHING_HELD, SILENT)
  const asked: number[] = []
  const connection = {
    request: (request: NewRequest): Exchange => {
      if (request.type === 'get') asked.push(request.offset ?? 0)
      return answering(request)
    },
    hasher: {
      blocks: {
        take: () => {
          throw new Error('a block was taken')
        },
      },
    },
  }
  await download.prepare(connection as never, new AbortController().signal)
  for (let times = 0; times < 2; times++)
    await expect(download.fetch(connection as never)).rejects.toMatchObject({ code: 'lost' })
  expect(asked).toEqual([0, RUN, 0, RUN])
})

it('stops looking at what is held when it is interrupted', async () => {
  const stop = new AbortController()
  let read = 0
  const held: Sink = {
    ...NOTHING_HELD,
    size: BLOCKS * BLOCK_SIZE,
    read: async () => {
      if (++read === 20) stop.abort(new TransferError('aborted', 'interrupted'))
      return 0
    },
  }
  const download = new ParallelDownload(parsePath('f'), held, SILENT)
  const connection = {
    request: answering,
    hasher: { blocks: { take: async () => new Block(new Uint8Array(1)) } },
  }
  await expect(download.prepare(connection as never, stop.signal)).rejects.toMatchObject({ code: 'aborted' })
  expect(read).toBeLessThan(50)
})

/** A server that has the file, and is lost whenever it is asked for some of it. */
function answering({ type }: NewRequest): Exchange {
  const exchange = new Exchange(async () => {})
  const answer = (reply: object, bytes = new Uint8Array(0)): void =>
    exchange.deliver({ reply: { id: 1, ...reply } as Reply, payload: new Block(bytes) }, false)
  if (type === 'stat') answer({ type: 'entry', entry: ENTRY, version: 'v' })
  else if (type === 'digest') {
    answer({ type: 'chain' }, new Uint8Array(BLOCKS * CHAIN_VALUE_SIZE))
    answer({ type: 'digest', version: 'v', md5: '0'.repeat(32) })
  } else exchange.fail(new TransferError('lost', 'the connection broke'))
  return exchange
}
