import { createHash } from 'node:crypto'
import { BLOCK_SIZE, Block, CHAIN_START, Hasher } from '@ftp/md5'
import { parsePath, type Reply } from '@ftp/protocol'
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
  const sink = new MemorySink()
  const download = new Download(parsePath('f'), sink, SILENT)
  const received = download.receive({ request: () => answering(size), hasher: HASHER } as never)
  if (code === undefined) expect((await received).md5).toBe(MD5)
  else await expect(received).rejects.toMatchObject({ code })
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

class MemorySink implements Sink {
  readonly isFinal = false
  readonly size = 0

  async read(): Promise<number> {
    return 0
  }

  async write(): Promise<void> {}

  async passed(): Promise<void> {}

  async truncate(): Promise<void> {}

  requireSpace(): void {}
}
