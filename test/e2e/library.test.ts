import fs from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Client, connect, type Entry, type Progress, TransferError } from '@ftp/client'
import { ANONYMOUS } from '@ftp/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, md5Of, randomBytes, writeRandom } from '../support/files.ts'
import { interruptUpload } from '../support/interrupted-upload.ts'
import { removeFiles } from '../support/moves.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { TempDir } from '../support/temp-dir.ts'

let served: ServedFolder
let home: TempDir
let client: Client
beforeAll(async () => {
  served = await ServedFolder.start({ threads: 2 })
})
afterAll(() => served[Symbol.asyncDispose]())
beforeEach(async () => {
  home = new TempDir()
  client = await open(served.server.port)
})
afterEach(async () => {
  client[Symbol.dispose]()
  removeFiles({ root: served.root, home: home.path })
  home[Symbol.dispose]()
})

function open(port: number): Promise<Client> {
  return connect(`127.0.0.1:${port}`, { plaintext: true, config: home.at('config') })
}

describe('The library', () => {
  it('moves files, bytes and streams both ways', async () => {
    const bytes = writeRandom(home.at('big.bin'), 3 * MIB + 7, 1)
    expect(await client.put(home.at('big.bin'), 'big.bin')).toEqual({
      outcome: 'done',
      bytes: bytes.length,
      md5: md5Of(bytes),
      name: 'big.bin',
    })
    expect(await client.get('big.bin', home.at('copy.bin'))).toMatchObject({ md5: md5Of(bytes) })
    expect(fs.readFileSync(home.at('copy.bin')).equals(bytes)).toBe(true)
    expect((await client.read('big.bin')).equals(bytes)).toBe(true)
    expect((await buffer(client.stream('big.bin'))).equals(bytes)).toBe(true)

    await client.put(Buffer.from('hello'), 'note.txt')
    expect((await client.read('note.txt')).toString()).toBe('hello')
    const chunks = [randomBytes(MIB, 2), randomBytes(MIB + 1, 3)]
    await client.put(Readable.from(chunks), 'stream.bin')
    expect(Buffer.from(served.read('stream.bin')).equals(Buffer.concat(chunks))).toBe(true)
    const out = fs.createWriteStream(home.at('out.bin'))
    await client.get('stream.bin', out)
    await new Promise((resolve) => out.end(resolve))
    expect(fs.readFileSync(home.at('out.bin')).equals(Buffer.concat(chunks))).toBe(true)
  })

  it('streams many files at once, in whatever order they are read', async () => {
    const bytes = randomBytes(4 * MIB, 9)
    await client.put(bytes, 'file.bin')
    const streams = Array.from({ length: 40 }, () => client.stream('file.bin'))
    for (const stream of streams) expect((await buffer(stream)).equals(bytes)).toBe(true)
  })

  it('reads nothing of a stream whose name no Windows could store', async () => {
    const stream = Readable.from([Buffer.from('x')])
    expect(await client.putAll([{ from: stream, to: 'CON' }])).toMatchObject({ failed: 1, codes: ['name'] })
    expect(stream.readableDidRead).toBe(false)
  })

  it('tells of uploads that were cut off, and discards them', async () => {
    const key = 'a'.repeat(32)
    interruptUpload(served.root, { account: ANONYMOUS, directory: '', name: 'cut.iso', key, length: 9 })
    const [upload, ...rest] = await client.uploads()
    expect([upload, rest]).toMatchObject([{ path: 'cut.iso', key, size: 4, length: 9 }, []])
    if (upload !== undefined) await client.discard(upload)
    expect([await client.uploads(), served.partials()]).toEqual([[], []])
    await expect(client.discard({ path: 'cut.iso', key })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('looks around and tidies up', async () => {
    await client.mkdir('a/b', { parents: true })
    await client.put(Buffer.from('x'), 'a/b/c.txt')
    expect((await namesOf(client.list('', { recursive: true }))).sort()).toEqual(['a', 'a/b', 'a/b/c.txt'])
    expect(await client.stat('a/b/c.txt')).toMatchObject({ name: 'c.txt', type: 'file', size: 1 })
    expect(await client.usage('a')).toEqual({ bytes: 1, files: 1, directories: 1 })
    expect(await client.md5('a/b/c.txt')).toEqual({ md5: md5Of(Buffer.from('x')), bytes: 1 })
    expect(await client.move('a/b/c.txt', 'd.txt')).toEqual({ outcome: 'done', name: 'd.txt' })
    await client.remove('a', { recursive: true })
    expect(await namesOf(client.list())).toEqual(['d.txt'])
    expect(await client.account()).toMatchObject({ name: 'anonymous' })
  })

  it('tells each failure by its code', async () => {
    await expect(client.stat('gone')).rejects.toBeInstanceOf(TransferError)
    await expect(client.stat('gone')).rejects.toMatchObject({ code: 'not_found' })
    await expect(client.read('gone')).rejects.toMatchObject({ code: 'not_found' })
    await expect(client.put(Buffer.alloc(1), '../x')).rejects.toMatchObject({ code: 'name' })
    await client.put(Buffer.from('old'), 'f')
    await expect(client.put(Buffer.from('new'), 'f', { ifExists: 'fail' })).rejects.toMatchObject({
      code: 'exists',
    })
    expect(await client.put(Buffer.from('new'), 'f', { ifExists: 'skip' })).toMatchObject({
      outcome: 'skipped',
    })
  })

  it('says how far it is, ends with its signal, and continues where it ended', async () => {
    const bytes = randomBytes(32 * MIB, 4)
    served.write('big.bin', bytes)
    const stop = new AbortController()
    const half = client.get('big.bin', home.at('big.bin'), {
      signal: stop.signal,
      onProgress: ({ bytes }) => bytes >= 4 * MIB && stop.abort(new Error('enough')),
    })
    await expect(half).rejects.toThrow('enough')
    const steps: Progress[] = []
    await client.get('big.bin', home.at('big.bin'), { onProgress: (progress) => steps.push(progress) })
    expect(fs.readFileSync(home.at('big.bin')).equals(bytes)).toBe(true)
    const first = steps.find(({ phase, bytes }) => phase === 'transfer' && bytes > 0)
    expect(first?.bytes).toBeGreaterThanOrEqual(4 * MIB)
    expect(steps.at(-1)).toEqual({ phase: 'commit', bytes: bytes.length, total: bytes.length })
    expect(fs.readdirSync(home.path)).toEqual(['big.bin'])
  })

  it('leaves a stream that nobody reads at once', async () => {
    served.write('big.bin', randomBytes(12 * MIB, 5))
    for await (const chunk of client.stream('big.bin')) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    const stop = new AbortController()
    const unread = client.stream('big.bin', { signal: stop.signal })
    const failed = new Promise((resolve) => unread.once('error', resolve))
    unread.once('readable', () => stop.abort(new TransferError('cancelled', 'enough')))
    expect(await failed).toMatchObject({ code: 'cancelled' })
  })

  it('lists each name once, also when the connection is lost in the middle', async () => {
    for (let index = 0; index < 3_000; index++) served.write(`file ${index}`, '')
    // The handshake and the first pages pass.
    await using proxy = await ChaosProxy.start(served.server.port, (connection) =>
      connection === 0 ? { down: { cutAfter: 150_000 } } : {},
    )
    using other = await open(proxy.port)
    const names = await namesOf(other.list())
    expect(proxy.connections).toBe(2)
    expect(names.length).toBe(3_000)
    expect(new Set(names).size).toBe(3_000)
  })

  it('cannot connect to what is no server', async () => {
    await expect(open(1)).rejects.toMatchObject({ code: 'lost' })
    await expect(connect('host:99999', { config: path.join(home.path, 'x') })).rejects.toMatchObject({
      code: 'usage',
    })
  })
})

async function namesOf(listing: AsyncIterable<Entry>): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of listing) names.push(name)
  return names
}
