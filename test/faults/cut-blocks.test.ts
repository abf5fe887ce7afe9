import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { Hasher } from '@ftp/md5'
import { parsePath, TransferError } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Connection } from '../../apps/client/src/connection/connection.ts'
import { BatchDownload } from '../../apps/client/src/transfer/download/batch-download.ts'
import { Download } from '../../apps/client/src/transfer/download/download.ts'
import { Follow } from '../../apps/client/src/transfer/download/follow.ts'
import { LocalSink } from '../../apps/client/src/transfer/download/local-sink.ts'
import { ParallelDownload } from '../../apps/client/src/transfer/download/parallel-download.ts'
import type { TransferListener } from '../../apps/client/src/transfer/transfer-listener.ts'
import { BatchUpload } from '../../apps/client/src/transfer/upload/batch-upload.ts'
import { FileSource } from '../../apps/client/src/transfer/upload/source.ts'
import { Upload } from '../../apps/client/src/transfer/upload/upload.ts'
import { content } from '../support/chain.ts'
import { ChaosProxy, type Direction, type Plan } from '../support/chaos-proxy.ts'
import { MIB } from '../support/files.ts'
import { frameSpans } from '../support/frames.ts'
import { OneThreadServer } from '../support/one-thread-server.ts'
import { TempDir } from '../support/temp-dir.ts'

/*
 * A transfer whose connection is cut, at the borders of its frames and in their middles, in either way: all blocks of both
 * sides come back.
 */

/** A first block, one in the middle, and a last one that is not whole. */
const SIZE = 2 * MIB + 1_000
/** Each place is cut by fin and by rst, as `pnpm torture network` does; otherwise by one of them, in turn. */
const THOROUGH = process.env['CUTS'] !== undefined
const SILENT: TransferListener = { phase: () => {}, size: () => {}, moved: () => {}, resumed: () => {} }

let server: OneThreadServer
let folder: TempDir
beforeAll(async () => {
  server = await OneThreadServer.start()
  folder = new TempDir()
  server.write('large', SIZE)
  for (const name of ['s1', 's2']) server.write(name, 300_000)
  fs.writeFileSync(folder.at('large'), content(SIZE))
  fs.writeFileSync(folder.at('whole'), content(MIB))
  for (const name of ['s1', 's2']) fs.writeFileSync(folder.at(name), content(300_000))
})
afterAll(async () => {
  const { faults } = server
  await server[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
  expect(faults).toEqual([])
})

async function send(connection: Connection, name: string): Promise<void> {
  using source = new FileSource(folder.at(name))
  // One that is known would be answered at once.
  const upload = randomBytes(16).toString('hex')
  await new Upload(parsePath(`to-${name}`), source, { upload, ifExists: 'replace', run: '' }, SILENT).send(
    connection,
  )
}

/** What moves bytes over one connection, and leaves no trace for the next time. */
const MOVES: Readonly<Record<string, (connection: Connection) => Promise<unknown>>> = {
  'put of blocks': (connection) => send(connection, 'large'),
  'put of a whole file': (connection) => send(connection, 'whole'),
  'put of many files': async (connection) => {
    const items = ['s1', 's2'].map((name) => ({ name: folder.at(name), to: `to-${name}` }))
    await new BatchUpload({ ifExists: 'replace', client: 'f'.repeat(32), run: '' }).move(connection, items)
  },
  get: async (connection) => {
    using sink = new LocalSink(folder.at('got'), 'replace')
    await new Download(parsePath('large'), sink, SILENT).receive(connection)
  },
  'get over several connections': async (connection) => {
    using sink = new LocalSink(folder.at('got-2'), 'replace')
    const download = new ParallelDownload(parsePath('large'), sink, SILENT)
    await download.prepare(connection, new AbortController().signal)
    await download.fetch(connection)
  },
  'get of many files': async (connection) => {
    const items = ['s1', 's2'].map((name) => ({ name, to: folder.at(`got-${name}`) }))
    await new BatchDownload('replace').move(connection, items)
  },
  follow: async (connection) => {
    using sink = new LocalSink(folder.at('followed'), 'replace')
    const reached = Promise.withResolvers<void>()
    const moved = (position: number): void => void (position === SIZE && reached.resolve())
    const follow = new Follow(parsePath('large'), sink, { ...SILENT, moved })
    await Promise.race([follow.receive(connection), reached.promise])
    connection[Symbol.dispose]()
  },
}

/** Moves once over a proxy. Fails only as a transfer does; then nobody has a block any more. */
async function moveOnce(name: string, plan: Plan): Promise<void> {
  using hasher = new Hasher()
  await using proxy = await ChaosProxy.start(server.server.port, () => plan)
  const { signal } = new AbortController()
  try {
    const options = { host: '127.0.0.1', port: proxy.port, timeoutMs: 10_000, signal }
    using connection = await Connection.open(options, hasher)
    await MOVES[name]?.(connection)
  } catch (error) {
    expect(TransferError.from(error).code).not.toBe('internal')
  }
  const taken = (): number[] => [hasher.blocks.taken, server.hasher.blocks.taken]
  await expect.poll(taken, { interval: 2, message: JSON.stringify(plan) }).toEqual([0, 0])
  for (const left of fs.readdirSync(folder.path))
    if (!['large', 'whole', 's1', 's2'].includes(left)) fs.rmSync(folder.at(left))
}

/** The places in what goes either way where it is to be cut. */
async function placesOf(name: string): Promise<Readonly<Record<Direction, readonly number[]>>> {
  const seen: Record<Direction, Buffer[]> = { up: [], down: [] }
  await moveOnce(name, { watch: (way, chunk) => seen[way].push(Buffer.from(chunk)) })
  const places = (way: Direction): number[] => {
    const spans = frameSpans(Buffer.concat(seen[way]))
    const cuts = spans.flatMap(({ payload, end }) =>
      end > payload ? [payload, Math.floor((payload + end) / 2), end] : [end],
    )
    return [...new Set(cuts)]
  }
  return { up: places('up'), down: places('down') }
}

describe.each(Object.keys(MOVES))('a %s', (name) => {
  it.each([
    ['fin', 0],
    ['rst', 1],
  ] as const)('gives all blocks back, wherever it is cut by %s', async (cutWith, turn) => {
    const places = await placesOf(name)
    expect(places.up.length + places.down.length).toBeGreaterThan(6)
    for (const way of ['up', 'down'] as const)
      for (const [index, cutAfter] of places[way].entries())
        if (THOROUGH || index % 2 === turn) await moveOnce(name, { [way]: { cutAfter, cutWith } })
  })
})
