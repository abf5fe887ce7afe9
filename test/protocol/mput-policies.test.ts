import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { IF_EXISTS, parsePath } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { content, md5Of, wholePut } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { Corner, mput, wordOf } from '../support/together.ts'

/** What names that are taken, rights and quotas do to files that come together: as to each alone. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
  await addAccount(folder.root, 'careful', { permissions: ['list', 'read', 'write'] })
  await addAccount(folder.root, 'ada', { home: parsePath('ada'), quota: { bytes: 100, files: 4 } })
})
afterAll(() => folder[Symbol.asyncDispose]())

const TIME = 1_700_000_000_123_456

describe('mput', () => {
  const SIZES = [6, 7, 8]
  const TIMES = [-1, 0, 1]
  it.each(IF_EXISTS)('P-11.16, P-11.9, P-11.15: with %s each file ends as a put of it', async (ifExists) => {
    const corner = new Corner(folder)
    await using client = await RawClient.login(folder.server)
    const cases = SIZES.flatMap((size) =>
      TIMES.map((seconds) => ({ size, mtime: TIME + seconds * 1_000_000 })),
    )
    const plant = (prefix: string): string[] =>
      cases.map((_, index) => {
        const name = `${prefix}-${index}.txt`
        folder.write(`${corner.name}/${name}`, content(7))
        fs.utimesSync(corner.path(name), TIME / 1e6, TIME / 1e6)
        return name
      })
    const alone: string[] = []
    for (const [index, name] of plant('alone').entries()) {
      const { size = 0, mtime } = cases[index] ?? {}
      const file = content(size, size)
      client.request(wholePut(`${corner.name}/${name}`, file, { mtime, ifExists }), file)
      const { reply } = (await client.next()) ?? {}
      if (reply?.type === 'error') alone.push(reply.code)
      else if (reply?.type === 'stored' && reply.entry.name !== name) alone.push(reply.entry.name)
      else alone.push(String(reply?.type))
    }
    const files = plant('together').map((name, index) =>
      corner.file(name, cases[index]?.size ?? 0, { mtime: cases[index]?.mtime }),
    )
    const together = await mput(client, files, ifExists)
    expect(together.map(wordOf)).toEqual(alone.map((word) => word.replace('alone', 'together')))
    const bytes = (prefix: string): string[] =>
      Object.entries(corner.md5s).flatMap(([name, md5]) => (name.startsWith(prefix) ? [md5] : []))
    expect(bytes('together')).toEqual(bytes('alone'))
  })

  it.each([
    ['replace', ['stored', 'stored', 'stored'], { 'a.txt': 3 }],
    ['fail', ['stored', 'exists', 'exists'], { 'a.txt': 1 }],
    ['skip', ['stored', 'skipped', 'skipped'], { 'a.txt': 1 }],
    ['different', ['stored', 'stored', 'stored'], { 'a.txt': 3 }],
    ['rename', ['stored', 'a-1.txt', 'a-2.txt'], { 'a.txt': 1, 'a-1.txt': 2, 'a-2.txt': 3 }],
  ] as const)(
    'P-11.16: of three for one path with %s, each finds what the one before has left',
    async (ifExists, words, left) => {
      const corner = new Corner(folder)
      await using client = await RawClient.login(folder.server)
      const files = [1, 2, 3].map((size) => corner.file('a.txt', size))
      expect((await mput(client, files, ifExists)).map(wordOf)).toEqual(words)
      const sizes = Object.entries(left).map(([name, size]) => [name, md5Of(content(size, size))])
      expect(corner.md5s).toEqual(Object.fromEntries(sizes))
    },
  )

  it.each(['fail', 'rename', 'skip'])(
    'P-11.8: one that comes again with %s learns that all is stored',
    async (ifExists) => {
      const corner = new Corner(folder)
      await using client = await RawClient.login(folder.server)
      const [names, renamed] = [['a.txt', 'b.txt', 'c.txt'], ifExists === 'rename']
      if (renamed) folder.write(`${corner.name}/b.txt`, 'taken')
      const files = names.map((name, index) =>
        corner.file(name, index, { upload: randomBytes(16).toString('hex'), source: 'v1' }),
      )
      const outcomes = (await mput(client, files, ifExists)).map(wordOf)
      expect(outcomes).toEqual(['stored', renamed ? 'b-1.txt' : 'stored', 'stored'])
      const before = corner.md5s
      await using again = await RawClient.login(folder.server)
      expect((await mput(again, files, ifExists)).map(wordOf)).toEqual(outcomes)
      expect(corner.md5s).toEqual(before)
      const newer = files.map((file) => ({ ...file, source: 'v2' }))
      const taken = { fail: 'exists', skip: 'skipped', rename: /-[12]\.txt$/ }[ifExists]
      for (const word of (await mput(again, newer, ifExists)).map(wordOf)) expect(word).toMatch(taken ?? '')
    },
  )

  it('P-11.10: an account without overwrite replaces none, and stores what is new', async () => {
    const corner = new Corner(folder)
    await using client = await RawClient.loginAs(folder.server, 'careful', PASSWORD)
    folder.write(`${corner.name}/old`, 'old')
    const before = md5Of(folder.read(`${corner.name}/old`))
    const words = { replace: 'exists', newer: 'exists', different: 'exists', fail: 'exists', skip: 'skipped' }
    for (const [ifExists, word] of Object.entries({ ...words, rename: 'old-1' })) {
      const files = [corner.file(`${ifExists}-1`, 1), corner.file('old', 2), corner.file(`${ifExists}-2`, 3)]
      expect((await mput(client, files, ifExists)).map(wordOf)).toEqual(['stored', word, 'stored'])
      expect(corner.md5s).toMatchObject({ old: before })
    }
  })

  it('P-11.14: where the quota is reached in the middle, what still fits is stored', async () => {
    await using client = await RawClient.loginAs(folder.server, 'ada', PASSWORD)
    const sizes = { a: 60, b: 41, c: 40, d: 1, e: 0, a2: 0, f: 0 }
    const files = Object.entries(sizes).map(([path, size]) => ({ path, bytes: content(size) }))
    const words = (await mput(client, files)).map(wordOf)
    expect(words.join(' ')).toBe('stored quota stored quota stored stored quota')
    const used = { bytes: 100, files: 4 }
    expect(await client.ask({ type: 'usage', path: '' }, 'usage')).toMatchObject(used)
    // Room that a smaller file leaves is there for the next one.
    const smaller = [
      { path: 'a', bytes: content(10) },
      { path: 'c', bytes: content(90) },
    ]
    expect((await mput(client, smaller)).map(wordOf)).toEqual(['stored', 'stored'])
    expect(await client.ask({ type: 'usage', path: '' }, 'usage')).toMatchObject(used)
    expect(folder.partials('ada')).toEqual([])
  })
})
