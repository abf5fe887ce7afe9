import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content, dataOf, wholePut } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** What an existing file does to a put: PROTOCOL.md, P-11.9 and P-11.10, against a real server. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start({ threads: 2 })
})
afterAll(() => folder[Symbol.asyncDispose]())

const OLD = content(7)
const SECOND = 1_000_000
const NOON = 1_767_225_600 * SECOND

/** Each policy, the new file's size and time against the old one's, and the outcome. */
const CASES = [
  ['replace', 7, 0, 'stored'],
  ['fail', 7, 0, 'exists'],
  ['skip', 9, 1, 'skipped'],
  ['newer', 7, 2, 'stored'],
  ['newer', 7, 0, 'skipped'],
  ['newer', 9, -2, 'skipped'],
  ['different', 7, 0, 'skipped'],
  ['different', 9, 0, 'stored'],
  ['different', 7, -2, 'stored'],
] as const

function makeOld(path: string): void {
  folder.write(path, OLD)
  fs.utimesSync(folder.at(path), NOON / SECOND, NOON / SECOND)
}

describe('policies', () => {
  it.each(CASES)('P-11.9: %s with %i bytes, %i s apart: %s', async (ifExists, size, seconds, outcome) => {
    await using client = await RawClient.login(folder.server)
    const path = `${randomUUID()}/taken.txt`
    makeOld(path)
    const file = content(size, 1)
    const mtime = NOON + seconds * SECOND
    client.request(wholePut(path, file, { mtime, ifExists }), file)
    const { reply } = await client.take(outcome === 'exists' ? 'error' : outcome)
    if (outcome === 'exists') expect(reply).toMatchObject({ code: 'exists' })
    else
      expect(reply).toMatchObject({
        entry: outcome === 'stored' ? { size, mtime } : { size: 7, mtime: NOON },
      })
    expect(folder.read(path)).toEqual(outcome === 'stored' ? file : OLD)
    expect(folder.partials(dirname(path))).toEqual([])
  })

  it.each(CASES)(
    'P-11.9: %s with %i bytes, %i s apart, decided at the commit: %s',
    async (ifExists, size, seconds, outcome) => {
      await using client = await RawClient.login(folder.server)
      const path = `${randomUUID()}/late.txt`
      fs.mkdirSync(dirname(folder.at(path)))
      const file = content(size, 1)
      const put = { type: 'put', path, length: size, mtime: NOON + seconds * SECOND, ifExists }
      const { id } = await client.ask(put, 'ready')
      makeOld(path)
      client.send({ id, type: 'data', ...dataOf(file, 0) }, file)
      await client.take('ack')
      const { reply } = await client.take(outcome === 'exists' ? 'error' : outcome)
      if (outcome === 'exists') expect(reply).toMatchObject({ code: 'exists' })
      expect(folder.read(path)).toEqual(outcome === 'stored' ? file : OLD)
      expect(folder.partials(dirname(path))).toEqual([])
    },
  )

  it('P-11.9: a put without a time is newer than what is there, and different', async () => {
    await using client = await RawClient.login(folder.server)
    for (const ifExists of ['newer', 'different']) {
      makeOld('timeless.txt')
      const put = wholePut('timeless.txt', OLD, { ifExists })
      expect((await client.ask(put, 'stored', OLD)).entry.mtime).toBeGreaterThan(NOON)
    }
  })

  it('P-11.15: with rename, two puts at once of a taken name get a name each, and are told', async () => {
    await using first = await RawClient.login(folder.server)
    await using second = await RawClient.login(folder.server)
    const at = randomUUID()
    makeOld(`${at}/a.tar.gz`)
    fs.mkdirSync(folder.at(`${at}/a-2.tar.gz`))
    const put = { type: 'put', path: `${at}/a.tar.gz`, length: 7, ifExists: 'rename' }
    const [one, two] = [content(7, 1), content(7, 2)]
    const begun = [await first.ask(put, 'ready'), await second.ask(put, 'ready')]
    second.send({ id: begun[1]?.id, type: 'data', ...dataOf(two, 0) }, two)
    expect((await second.takePastAcks('stored')).reply.entry.name).toBe('a-1.tar.gz')
    first.send({ id: begun[0]?.id, type: 'data', ...dataOf(one, 0) }, one)
    expect((await first.takePastAcks('stored')).reply.entry.name).toBe('a-3.tar.gz')
    const named = { ifExists: 'rename', upload: 'a'.repeat(32), source: 's' }
    const small = wholePut(`${at}/a.tar.gz`, one, named)
    for (const _ of ['first', 'P-11.8: repeated'])
      expect((await first.ask(small, 'stored', one)).entry).toMatchObject({ name: 'a-4.tar.gz', size: 7 })
    const files = [OLD, two, one, one].map((bytes) => Buffer.from(bytes).toString('hex'))
    const names = ['a.tar.gz', 'a-1.tar.gz', 'a-3.tar.gz', 'a-4.tar.gz']
    expect(names.map((name) => Buffer.from(folder.read(`${at}/${name}`)).toString('hex'))).toEqual(files)
    expect(fs.readdirSync(folder.at(at)).sort()).toEqual([...names, 'a-2.tar.gz'].sort())
  })

  it('P-11.10: a directory is never replaced, whatever the policy', async () => {
    await using client = await RawClient.login(folder.server)
    folder.write('directory/inside.txt', OLD)
    for (const [ifExists, type, code] of [
      ['replace', 'error', 'is_directory'],
      ['newer', 'error', 'is_directory'],
      ['different', 'error', 'is_directory'],
      ['fail', 'error', 'exists'],
      ['skip', 'skipped', undefined],
      ['rename', 'stored', 'directory-1'],
    ] as const) {
      const put = wholePut('directory', OLD, { mtime: 9e15, ifExists })
      const reply = await client.ask(put, type, OLD)
      if (reply.type === 'error') expect(reply.code, ifExists).toBe(code)
      else if (reply.type === 'stored') expect(reply.entry).toMatchObject({ name: code, type: 'file' })
      else expect(reply.entry).toMatchObject({ name: 'directory', type: 'directory' })
    }
    expect(folder.read('directory/inside.txt')).toEqual(OLD)
  })

  it('P-11.10: the home is a directory too', async () => {
    await using client = await RawClient.login(folder.server)
    const put = wholePut('', OLD)
    expect(await client.ask(put, 'error', OLD)).toMatchObject({ code: 'is_directory' })
  })
})
