import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { BLOCK_SIZE, Hasher } from '@ftp/md5'
import { type IfExists, TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { md5Of } from '../../../../../test/support/chain.ts'
import { type Asked, FakeServer, type Respond } from '../../../../../test/support/fake-server.ts'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { Connection } from '../../connection/connection.ts'
import type { BatchItemResult } from '../batch.ts'
import { BatchUpload } from './batch-upload.ts'

/** What a client sends in an mput, and what it makes of the answers. */
let folder: TempDir
beforeEach(() => {
  folder = new TempDir()
  for (const name of ['a', 'b', 'c']) fs.writeFileSync(folder.at(name), name.repeat(3))
})
afterEach(() => folder[Symbol.dispose]())

type Answer = (say: Parameters<Respond>[1]) => void

const stored: Answer = (say) =>
  say({ type: 'outcomes', outcomes: [{ type: 'stored' }, { type: 'stored' }, { type: 'stored' }] })

interface UploadSettings {
  readonly ifExists?: IfExists
  readonly ready?: (name: string) => Promise<void> | undefined
}

/** Only a server that never ends its answer is waited for so long. */
const TIMEOUT_MS = 2_000

/** Sends files to a server that answers so. @returns what became of them, and what the server was asked */
async function send(
  answer: Answer,
  names: readonly string[] = ['a', 'b', 'c'],
  { ifExists = 'replace', ready = () => undefined }: UploadSettings = {},
): Promise<{
  readonly words: string
  readonly ended: readonly BatchItemResult[]
  readonly asked: readonly Asked[]
}> {
  const asked: Asked[] = []
  await using server = await FakeServer.start((request, say) => {
    asked.push(request)
    answer(say)
  })
  const { signal } = new AbortController()
  using hasher = new Hasher()
  const options = { host: '127.0.0.1', port: server.port, timeoutMs: TIMEOUT_MS, signal }
  using connection = await Connection.open(options, hasher)
  const items = names.map((name) => ({ name: folder.at(name), to: `to/${name}`, ready: ready(name) }))
  const batch = new BatchUpload({ ifExists, client: 'f'.repeat(32), run: randomUUID() })
  // Where it fails as a whole, each is moved alone.
  const ended = await batch.move(connection, items).catch(() => items.map(() => undefined))
  const words = ended.map((end) => (end instanceof TransferError ? end.code : (end?.outcome ?? 'alone')))
  return { words: words.join(' '), ended, asked }
}

describe('mput', () => {
  it('P-11.16: says of each file what a put says, and knows what has been stored', async () => {
    fs.chmodSync(folder.at('b'), 0o640)
    fs.utimesSync(folder.at('b'), 1_700_000_000, 1_700_000_000)
    const { ended, asked } = await send(stored)
    const md5 = md5Of(Buffer.from('bbb'))
    expect(ended[1]).toEqual({ outcome: 'done', bytes: 3, md5, name: 'b' })
    expect(asked).toMatchObject([{ type: 'mput', ifExists: 'replace', size: 9 }])
    const files = asked[0]?.['files']
    expect(Array.isArray(files) && files[1]).toEqual({
      path: 'to/b',
      length: 3,
      mtime: 1_700_000_000_000_000,
      mode: 0o640,
      md5,
    })
  })

  it('P-11.8: names upload and version where a repetition could find the name taken', async () => {
    const receipt = { upload: expect.stringMatching(/^[0-9a-f]{32}$/), source: expect.any(String) }
    const { asked } = await send(stored, ['a', 'b', 'c'], { ifExists: 'skip' })
    expect(asked.at(-1)).toMatchObject({ files: [receipt, receipt, receipt] })
  })

  it.each<IfExists>(['replace', 'skip'])('takes no more of a header than it says: %s', async (ifExists) => {
    const names = ['x'.repeat(200), '😀'.repeat(50), 'é']
    for (const name of names) {
      fs.writeFileSync(folder.at(name), '')
      fs.utimesSync(folder.at(name), -2_000_000_000, -2_000_000_000.123)
    }
    const { asked } = await send(stored, names, { ifExists })
    const mput = new BatchUpload({ ifExists, client: '', run: '' })
    const said = names.map((name) => mput.headerBytes({ name: folder.at(name), to: `to/${name}` }))
    const taken = Buffer.byteLength(JSON.stringify(asked.at(-1)?.['files']))
    expect(said.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(taken)
  })

  it('a file that cannot be sent is told in its place, and the others are sent', async () => {
    fs.mkdirSync(folder.at('directory'))
    fs.writeFileSync(folder.at('large'), Buffer.alloc(BLOCK_SIZE - 5))
    const names = ['missing', 'a', 'directory', 'b', '.ftp-part-b', 'large', 'c']
    fs.writeFileSync(folder.at('.ftp-part-b'), '')
    const { words, asked } = await send(stored, names)
    expect(words).toBe('not_found done is_directory done name alone done')
    expect(asked).toMatchObject([{ files: [{ path: 'to/a' }, { path: 'to/b' }, { path: 'to/c' }] }])
    expect((await send(stored, ['missing', 'directory'])).asked).toEqual([])
  })

  it('what goes into a directory that cannot be made is not sent', async () => {
    const unmade = Promise.reject(new TransferError('forbidden', 'no'))
    unmade.catch(() => {})
    const ready = (name: string): Promise<void> | undefined => (name === 'b' ? unmade : undefined)
    const two: Answer = (say) =>
      say({ type: 'outcomes', outcomes: [{ type: 'stored' }, { type: 'skipped' }] })
    const { words, asked } = await send(two, ['a', 'b', 'c'], { ready })
    expect(words).toBe('done forbidden skipped')
    expect(asked).toMatchObject([{ files: [{ path: 'to/a' }, { path: 'to/c' }] }])
  })

  const refusal = (code: string): object => ({ type: 'error', code, message: 'no' })
  const outcomes =
    (...told: readonly object[]): Answer =>
    (say) =>
      say({ type: 'outcomes', outcomes: told })
  const OK = { type: 'stored' }
  it.each<[string, Answer, string]>([
    ['errors in their places', outcomes(refusal('exists'), OK, refusal('quota')), 'exists done quota'],
    ['what may work another time', outcomes(refusal('busy'), refusal('checksum'), OK), 'alone alone done'],
    ['one outcome too many', outcomes(OK, OK, OK, OK), 'alone alone alone'],
    ['one outcome too few', outcomes(OK, OK), 'alone alone alone'],
    ['none', outcomes(), 'alone alone alone'],
    ['what nobody knows', outcomes(OK, { type: 'done' }, OK), 'alone alone alone'],
    ['another answer', (say) => say({ type: 'done' }), 'alone alone alone'],
    ['an error for all', (say) => say(refusal('forbidden')), 'alone alone alone'],
    ['the end of the server', (say) => say({ ...refusal('shutdown'), id: undefined }), 'alone alone alone'],
    ['silence', () => {}, 'alone alone alone'],
  ])('P-11.17: is told %s', async (_, answer, expected) => {
    expect((await send(answer)).words).toBe(expected)
  })
})
