import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { Hasher } from '@ftp/md5'
import { TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeServer, type Respond } from '../../../../../test/support/fake-server.ts'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { Connection } from '../../connection/connection.ts'
import type { BatchItemResult } from '../batch.ts'
import { BatchDownload } from './batch-download.ts'

/** What a client makes of the answers to an mget, right and wrong: no wrong file, and what failed comes alone. */
let folder: TempDir
beforeEach(() => {
  folder = new TempDir()
})
afterEach(() => folder[Symbol.dispose]())

const NAMES = ['a', 'b', 'c']

type Say = Parameters<Respond>[1]

/** What an honest server says of a file whose text is its name, three times. */
function entry(name: string, changes: object = {}): object {
  const md5 = createHash('md5').update(name.repeat(3)).digest('hex')
  return { name, type: 'file', size: 3, mtime: 1_700_000_000_000_000, mode: 0o600, md5, ...changes }
}

/** A `files` frame. @param bytes of which file it carries them */
function tell(say: Say, files: readonly object[], bytes: string, last = true): void {
  say(
    { type: 'files', files, ...(last && { last }) },
    Buffer.concat([...bytes].map((name) => Buffer.from(name.repeat(3)))),
  )
}

/** Only a server that never ends its answer is waited for so long. */
const TIMEOUT_MS = 2_000

/** Fetches three files from a server that answers so. */
async function fetchFrom(respond: (say: Say) => void): Promise<readonly BatchItemResult[]> {
  await using server = await FakeServer.start((_, say) => respond(say))
  const { signal } = new AbortController()
  using hasher = new Hasher()
  const options = { host: '127.0.0.1', port: server.port, timeoutMs: TIMEOUT_MS, signal }
  using connection = await Connection.open(options, hasher)
  const places = NAMES.map((name) => ({ name, to: folder.at(name) }))
  return await new BatchDownload('replace').move(connection, places)
}

/** What has become of each, and the files that are there. Nothing else may be. */
function told(ended: readonly BatchItemResult[]): readonly string[] {
  const there = fs.readdirSync(folder.path)
  for (const name of there) expect(fs.readFileSync(folder.at(name), 'utf8')).toBe(name.repeat(3))
  const words = NAMES.map((_, index) => {
    const end = ended[index]
    return end instanceof TransferError ? end.code : (end?.outcome ?? 'alone')
  })
  expect(there).toEqual(NAMES.filter((_, index) => words[index] === 'done'))
  return words
}

const [A, B, C] = [entry('a'), entry('b'), entry('c')]
const OTHER = '0'.repeat(32)

describe('mget', () => {
  it.each<[string, (say: Say) => void, string]>([
    ['all in one frame', (say) => tell(say, [A, B, C], 'abc'), 'done done done'],
    [
      'several frames',
      (say) => {
        tell(say, [A], 'a', false)
        tell(say, [B, C], 'bc')
      },
      'done done done',
    ],
    [
      'one that is too large, one that is missing',
      (say) =>
        tell(
          say,
          [entry('a', { md5: undefined }), { type: 'error', code: 'not_found', message: 'no' }, C],
          'c',
        ),
      'alone not_found done',
    ],
    [
      'one that may work another time',
      (say) => tell(say, [A, { type: 'error', code: 'busy', message: 'later' }, C], 'ac'),
      'done alone done',
    ],
    ['one that is damaged', (say) => tell(say, [A, entry('b', { md5: OTHER }), C], 'abc'), 'done alone done'],
    [
      'names that nobody asked for',
      (say) => tell(say, [A, entry('../b', { md5: (B as { md5: string }).md5 }), C], 'abc'),
      'done done done',
    ],
  ])('P-9.12, P-9.13: takes %s', async (_, respond, expected) => {
    expect(told(await fetchFrom(respond)).join(' ')).toBe(expected)
  })

  it.each<[string, (say: Say) => void, string]>([
    ['nothing', (say) => tell(say, [], ''), 'alone alone alone'],
    ['more files than were asked for', (say) => tell(say, [A, B, C, A], 'abca'), 'alone alone alone'],
    ['fewer bytes than their sizes', (say) => tell(say, [A, B, C], 'ab'), 'alone alone alone'],
    ['more bytes than their sizes', (say) => tell(say, [A, B, C], 'abca'), 'alone alone alone'],
    [
      'a size beyond everything',
      (say) => tell(say, [A, entry('b', { size: 2 ** 53 - 1 }), C], 'abc'),
      'alone alone alone',
    ],
    [
      'bytes of a file that it did not read',
      (say) => tell(say, [A, entry('b', { md5: undefined }), C], 'abc'),
      'alone alone alone',
    ],
    ['an end before all are told', (say) => tell(say, [A, B], 'ab'), 'done done alone'],
    ['no end', (say) => tell(say, [A, B, C], 'abc', false), 'done done done'],
    [
      'more when all are told',
      (say) => {
        tell(say, [A, B, C], 'abc', false)
        tell(say, [A], 'a', false)
      },
      'done done done',
    ],
    [
      'an error for all',
      (say) => say({ type: 'error', code: 'forbidden', message: 'no' }),
      'alone alone alone',
    ],
    [
      'the end of the connection in the middle',
      (say) => {
        tell(say, [A], 'a', false)
        say({ id: undefined, type: 'error', code: 'shutdown', message: 'bye' })
      },
      'done alone alone',
    ],
    ['an answer to something else', (say) => say({ type: 'done' }), 'alone alone alone'],
  ])('P-9.12: makes no wrong file of %s', async (_, respond, expected) => {
    expect(told(await fetchFrom(respond)).join(' ')).toBe(expected)
  })
})
