import { createHash } from 'node:crypto'
import { BLOCK_SIZE, Block, CHAIN_START, Hasher } from '@ftp/md5'
import { LIMITS, parsePath, type Reply, TransferError } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { Exchange } from '../../connection/exchange.ts'
import { Download } from './download.ts'
import type { Sink } from './sink.ts'

const HASHER = new Hasher()
const BYTES = Buffer.alloc(BLOCK_SIZE, 'one block')
const MD5 = createHash('md5').update(BYTES).digest('hex')
/** What proves the block where it is not the end of the file. */
const VALUE = Buffer.from(HASHER.kernel.absorb(CHAIN_START, BYTES)).toString('hex')
const SILENT = { phase: () => {}, size: () => {}, moved: () => {}, resumed: () => {} }

it.each([
  ['takes what ends where the file ends', BYTES.length, undefined],
  ['P-8.3: refuses an end before the end of the file', 5 * BLOCK_SIZE, 'protocol'],
])('%s', async (_title, size, code) => {
  const download = new Download(parsePath('f'), NOTHING, SILENT)
  const received = download.receive({ request: () => answering(size), hasher: HASHER } as never)
  if (code === undefined) expect((await received).md5).toBe(MD5)
  else await expect(received).rejects.toMatchObject({ code })
})

it('stops proving what it holds when the connection is lost, and proves it from the start on the next one', async () => {
  const blocks = 40
  const values: Uint8Array[] = []
  for (let index = 0; index < blocks; index++)
    values.push(Uint8Array.from(HASHER.kernel.absorb(values.at(-1) ?? CHAIN_START, BYTES)))
  const lost = new TransferError('lost', 'the connection broke')
  let exchange = new Exchange(async () => {})
  const connection = {
    usable: true,
    hasher: HASHER,
    request: ({ type }: { readonly type: string }): Exchange => {
      exchange = new Exchange(async () => {})
      if (type === 'digest') {
        const chain = {
          reply: { id: 1, type: 'chain', offset: 0 },
          payload: new Block(Buffer.concat(values)),
        } as const
        exchange.deliver(chain, false)
      } else exchange.fail(lost)
      return exchange
    },
  }
  let reads = 0
  const sink: Sink = {
    ...NOTHING,
    size: blocks * BLOCK_SIZE,
    read: async (buffer) => {
      buffer.set(BYTES)
      reads++
      // The first connection is lost early, the second one when all has been read.
      if (reads === 3) connection.usable = false
      if (reads === 3 || reads === 3 + blocks) exchange.fail(lost)
      return buffer.length
    },
  }
  const moved: number[] = []
  const download = new Download(parsePath('f'), sink, {
    ...SILENT,
    moved: (position) => moved.push(position),
  })
  await expect(download.receive(connection as never)).rejects.toMatchObject({ code: 'lost' })
  expect(reads).toBe(3)
  expect(moved.at(-1)).toBeLessThanOrEqual(3 * BLOCK_SIZE)

  connection.usable = true
  await expect(download.receive(connection as never)).rejects.toMatchObject({ code: 'lost' })
  expect(moved.at(-1)).toBe(blocks * BLOCK_SIZE)
})

it('writes all blocks that arrived before the connection was lost, although none can be acknowledged', async () => {
  const blocks = 6
  const lost = new TransferError('lost', 'the connection broke')
  const exchange = new Exchange(() => Promise.reject(lost))
  const entry = { name: 'f', type: 'file', size: 9 * BLOCK_SIZE, mtime: 0, mode: 0o644 } as const
  const chain = Buffer.from(CHAIN_START).toString('hex')
  const file = { id: 3, type: 'file', entry, version: 'v', offset: 0, chain, length: entry.size } as const
  exchange.deliver({ reply: file, payload: new Block(new Uint8Array(0)) }, false)
  let value: Uint8Array = CHAIN_START
  for (let index = 0; index < blocks; index++) {
    value = Uint8Array.from(HASHER.kernel.absorb(value, BYTES))
    const md5 = Buffer.from(value).toString('hex')
    const reply = { id: 3, type: 'data', offset: index * BLOCK_SIZE, md5 } as const
    exchange.deliver({ reply, payload: new Block(BYTES) }, false)
  }
  exchange.fail(lost)
  const written: number[] = []
  const sink: Sink = {
    ...NOTHING,
    write: async (_, offset) => {
      await new Promise((resolve) => setImmediate(resolve))
      written.push(offset)
    },
  }
  const download = new Download(parsePath('f'), sink, SILENT)
  const received = download.receive({ usable: true, request: () => exchange, hasher: HASHER } as never)
  await expect(received).rejects.toMatchObject({ code: 'lost' })
  expect(written).toEqual(Array.from({ length: blocks }, (_, index) => index * BLOCK_SIZE))
})

/** A server that sends the same bytes, marked as the last, whatever size it has named. */
function answering(size: number): Exchange {
  const exchange = new Exchange(async () => {})
  const entry = { name: 'f', type: 'file', size, mtime: 0, mode: 0o644 } as const
  const chain = Buffer.from(CHAIN_START).toString('hex')
  const md5 = size === BYTES.length ? MD5 : VALUE
  const reply: Reply = {
    id: 3,
    type: 'file',
    entry,
    version: 'v',
    offset: 0,
    chain,
    length: BYTES.length,
    md5,
    last: true,
  }
  exchange.deliver({ reply, payload: new Block(BYTES) }, true)
  return exchange
}

/** A sink that keeps nothing. */
const NOTHING: Sink = {
  size: 0,
  isFinal: false,
  window: LIMITS.windowMax,
  read: async () => 0,
  write: async () => {},
  passed: async () => {},
  truncate: async () => {},
  requireSpace: () => {},
}
