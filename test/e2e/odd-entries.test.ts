import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { writeTree } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import { AS_ANYBODY } from '../support/program.ts'
import { ServerProcess } from '../support/server-process.ts'

/* One odd entry of a tree is named, and keeps no other from being listed, fetched, stored or counted. */

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open()
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => site.clear())

/** Makes a file whose name is these bytes. */
function plant(folder: string, name: Buffer): void {
  fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), 'odd')
}

/** Makes a chain of folders with a file whose path, from `root`, is longer than any path of the protocol. */
function plantTooDeep(root: string): void {
  const above = process.cwd()
  const name = 'd'.repeat(200)
  try {
    process.chdir(root)
    for (let depth = 0; depth < 22; depth++) {
      fs.mkdirSync(name)
      process.chdir(name)
    }
    fs.writeFileSync('deep', 'deep')
  } finally {
    process.chdir(above)
  }
}

describe('a time that no message can hold', () => {
  const FAR = new Date('2300-01-01T00:00:00Z')

  it('is brought closer, and its file is listed and fetched like any other', async () => {
    writeTree(site.root, { 'd/good': '1', 'd/odd': '2' })
    fs.utimesSync(site.remote('d/odd'), FAR, FAR)
    const { code, events } = await site.run(['ls', 'd'])
    expect([code, ...events.flatMap(({ name }) => name ?? [])]).toEqual([0, 'good', 'odd'])
    expect((await site.run(['stat', 'd/odd'])).code).toBe(0)
    expect((await site.run(['get', 'd/odd', '-o', site.local('odd')])).code).toBe(0)
    expect((await site.run(['get', '-r', 'd', '-o', site.local('all')])).code).toBe(0)
    expect(fs.readdirSync(site.local('all')).sort()).toEqual(['good', 'odd'])
    expect((await site.run(['sync', ':d', site.local('copy')])).code).toBe(0)
    const again = await site.run(['sync', ':d', site.local('copy')])
    expect(again.events).toHaveLength(1)
  })

  it('does not keep its file from being stored, and is the same the next time', async () => {
    writeTree(site.local('d'), { good: '1', odd: '2', large: 'x'.repeat(1_100_000) })
    for (const name of ['odd', 'large', '.']) fs.utimesSync(path.join(site.local('d'), name), FAR, FAR)
    expect((await site.run(['put', '-r', site.local('d')])).code).toBe(0)
    expect(fs.readdirSync(site.remote('d')).sort()).toEqual(['good', 'large', 'odd'])
    expect((await site.run(['put', site.local('d/odd'), '--to', 'alone'])).code).toBe(0)
    const { events } = await site.run(['sync', site.local('d'), ':d'])
    expect(events).toHaveLength(1)
  })
})

describe('a path that is longer than any of the protocol', () => {
  it('is named by ls -r, du counts it, and the rest is listed and fetched', async () => {
    writeTree(site.root, { 'd/good': '12345' })
    plantTooDeep(site.remote('d'))
    const { code, events } = await site.run(['ls', '-r', 'd'])
    expect(events.flatMap(({ name }) => name ?? [])).toContain('good')
    const error = events.find(({ event }) => event === 'error')
    expect([code, error]).toMatchObject([2, { code: 'name', message: expect.stringContaining('dddd') }])
    const du = await site.run(['du', 'd'])
    expect([du.code, du.events[0]]).toMatchObject([0, { files: 2, bytes: 9, directories: 22 }])
    const got = await site.run(['get', '-r', 'd', '-o', site.local('d')])
    expect(got.code).toBe(2)
    expect(fs.readFileSync(site.local('d/good'), 'utf8')).toBe('12345')
    expect(got.events.filter(({ event }) => event === 'error')).toMatchObject([
      { code: 'name', message: expect.stringMatching(/^1 name in "d\/dddd.*…d+" cannot be fetched: "d+"/) },
    ])
  })

  it('is named by put -r and sync, and the rest is stored', async () => {
    writeTree(site.local('d'), { good: '12345' })
    const deep = Array.from({ length: 70 }, () => 'x').join('/')
    writeTree(site.local('d'), { [`${deep}/f`]: '1', 'x/near': '2' })
    for (const command of [
      ['put', '-r', site.local('d'), '--to', 'put'],
      ['sync', site.local('d'), ':sync'],
    ]) {
      const { code, events } = await site.run(command)
      expect(code).toBe(2)
      expect(events.find(({ event }) => event === 'error')).toMatchObject({
        message: expect.stringMatching(/x\/x\/x.* 64 names/),
      })
      const root = site.remote(command[0] ?? '')
      expect(fs.readdirSync(root).sort()).toEqual(['good', 'x'])
      expect(fs.readFileSync(path.join(root, 'x/near'), 'utf8')).toBe('2')
    }
  })
})

describe('a name that is not UTF-8', () => {
  it('is named by ls, du, get -r and sync, and the rest is shown and fetched', async () => {
    writeTree(site.root, { 'n/good': '1' })
    plant(site.remote('n'), Buffer.from('bad\xff', 'latin1'))
    for (const command of [
      ['ls', 'n'],
      ['ls', '-r', 'n'],
      ['du', 'n'],
      ['get', '-r', 'n', '-o', site.local('n')],
      ['sync', ':n', site.local('s')],
    ]) {
      const { code, text } = await site.run(command, { json: false })
      expect([command[0], code]).toEqual([command[0], 2])
      expect(text).toContain('1 name in "n" cannot be')
      expect(text).toContain('"bad\ufffd"')
    }
    for (const folder of ['n', 's']) expect(fs.readdirSync(site.local(folder))).toEqual(['good'])
  })

  it('is named by lls of the shell, and the rest is shown', async () => {
    writeTree(site.local('n'), { good: '1' })
    plant(site.local('n'), Buffer.from('bad\xff', 'latin1'))
    fs.writeFileSync(site.local('script'), `lls ${site.local('n')}\n`)
    const { code, text } = await site.run(['shell', site.local('script')], { json: false })
    expect(code).toBe(3)
    expect(text).toMatch(/ good\n/)
    expect(text).toContain('"bad\ufffd"')
  })

  it('is named by put -r, and what looks like it is stored once', async () => {
    writeTree(site.local('n'), { good: '1', 'bad\ufffd': '2' })
    plant(site.local('n'), Buffer.from('bad\xff', 'latin1'))
    plant(site.local('n'), Buffer.from('other\xff', 'latin1'))
    const { code, events } = await site.run(['put', '-r', site.local('n')])
    expect(code).toBe(2)
    const errors = events.filter(({ event }) => event === 'error').map(({ message }) => message)
    expect(errors.sort()).toEqual([
      expect.stringContaining('bad\ufffd": its name is not UTF-8'),
      expect.stringContaining('other\ufffd": its name is not UTF-8'),
    ])
    expect(events.filter(({ event }) => event === 'done')).toHaveLength(2)
  })
})

it('a directory that the server may not read is named, and the rest is listed, counted and fetched', async () => {
  const root = fs.mkdtempSync(site.local('other-'))
  writeTree(root, { 'd/good': '1', 'd/locked/x': '2', 'd/z/more': '3' })
  fs.chmodSync(root, 0o755)
  fs.chmodSync(path.join(root, 'd/locked'), 0)
  await using server = await ServerProcess.start({ root, under: AS_ANYBODY })
  for (const command of [
    ['ls', '-r', 'd'],
    ['du', 'd'],
    ['get', '-r', 'd', '-o', site.local('d')],
    ['sync', ':d', site.local('s')],
  ]) {
    const { code, events, text } = await site.run(command, { port: server.port })
    expect([command[0], code]).toEqual([command[0], 4])
    expect(events.filter(({ event }) => event === 'error')).toHaveLength(1)
    expect(text).toContain('d/locked')
  }
  const listed = await site.run(['ls', '-r', 'd'], { port: server.port })
  expect(listed.events.flatMap(({ name }) => name ?? [])).toEqual(['good', 'locked', 'z', 'z/more'])
  for (const folder of ['d', 's'])
    expect(fs.readdirSync(site.local(folder), { recursive: true }).sort()).toEqual([
      'good',
      'locked',
      'z',
      'z/more',
    ])
  fs.chmodSync(path.join(root, 'd/locked'), 0o700)
})
