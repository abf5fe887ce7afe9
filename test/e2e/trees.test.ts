import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runClient } from '../support/client-process.ts'
import { foldersOf, setMtime, treeOf, writeTree } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import { AS_ANYBODY, type ProgramEvent, parseEvents } from '../support/program.ts'

/** get -r and put -r: what of a tree is taken, and what becomes of what cannot be. */

const TIME = 1_700_000_000_123_456
const FILES = {
  'a.jpg': '1',
  'b.txt': '22',
  '.hidden': '333',
  'd/c.jpg': '4444',
  'd/e/f.txt': '55555',
  'build/x': '6',
}

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open({ threads: 2 })
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => {
  for (const folder of [site.root, site.home])
    for (const name of fs.readdirSync(folder))
      if (name !== '.ftp-server') fs.rmSync(path.join(folder, name), { recursive: true })
})

/** Which of the errors of a run belong to what. */
function errorsOf(events: readonly { readonly event: string }[]): unknown[] {
  return events.filter(({ event }) => event === 'error').map((error) => ({ ...error }))
}

function byMessage(one: ProgramEvent, other: ProgramEvent): number {
  return String(one['message']).localeCompare(String(other['message']))
}

describe.each(['put', 'get'] as const)('%s -r', (way) => {
  const source = (): string => (way === 'put' ? site.local('tree') : site.remote('tree'))
  const target = (): string => (way === 'put' ? site.remote('tree') : site.local('tree'))
  const copy = async (...options: string[]): ReturnType<LocalSite['run']> =>
    way === 'put'
      ? await site.run(['put', '-r', site.local('tree'), ...options])
      : await site.run(['get', '-r', 'tree', '-o', `${site.home}/`, ...options])
  const names = (): string[] => Object.keys(treeOf(target()))

  it.each([
    [
      ['--exclude', 'build/', '--exclude', '*.txt'],
      ['.hidden', 'a.jpg', 'd', 'd/c.jpg', 'd/e'],
    ],
    [
      ['--include', '*.jpg'],
      ['a.jpg', 'd', 'd/c.jpg'],
    ],
    [
      ['--include', 'd/', '--exclude', '*.jpg'],
      ['d', 'd/e', 'd/e/f.txt'],
    ],
    [
      ['--min-size', '3', '--max-size', '4'],
      ['.hidden', 'd', 'd/c.jpg'],
    ],
    [
      ['--newer-than', '2020-01-01'],
      ['.hidden', 'a.jpg', 'build', 'build/x', 'd', 'd/c.jpg', 'd/e', 'd/e/f.txt'],
    ],
    [['--older-than', '2020-01-01'], ['b.txt']],
  ])('takes what %j says', async (options, expected) => {
    writeTree(source(), FILES, TIME)
    setMtime(path.join(source(), 'b.txt'), Date.UTC(2019) * 1000)
    expect((await copy(...options)).code).toBe(0)
    expect(names()).toEqual(expected)
  })

  it('takes the paths of a list, and tells which are not there', async () => {
    writeTree(source(), FILES, TIME)
    const list = site.local('list')
    fs.writeFileSync(list, 'd/c.jpg\nbuild\ngone\n')
    const { code, events } = await copy('--files-from', list)
    expect(code).toBe(3)
    expect(errorsOf(events)).toMatchObject([
      { code: 'not_found', message: expect.stringContaining('"gone"') },
    ])
    expect(names()).toEqual(['build', 'build/x', 'd', 'd/c.jpg'])
  })

  it('carries the times and permission bits of directories, also where files come later', async () => {
    writeTree(source(), { 'd/e/f': 'x', 'd/big': 'y'.repeat(1_500_000) }, TIME)
    fs.mkdirSync(path.join(source(), 'empty'))
    for (const [index, name] of ['d/e', 'd', 'empty', ''].entries()) {
      fs.chmodSync(path.join(source(), name), index % 2 === 0 ? 0o750 : 0o705)
      setMtime(path.join(source(), name), TIME + index)
    }
    for (let run = 0; run < 2; run++) {
      expect((await copy()).code).toBe(0)
      expect(foldersOf(target())).toEqual(foldersOf(source()))
      // What was there before is put in order too.
      setMtime(path.join(target(), 'd'), TIME + 99)
    }
  })

  it('reports what fails with its own error, and moves the rest', async () => {
    writeTree(source(), FILES, TIME)
    fs.mkdirSync(path.join(target(), 'a.jpg'), { recursive: true })
    fs.writeFileSync(path.join(target(), 'd'), 'a file')
    const { code, events } = await copy()
    expect(code).toBe(5)
    expect(errorsOf(events).length).toBeGreaterThanOrEqual(3)
    expect(events.at(-1)).toMatchObject({ event: 'summary', done: 3, exitCode: 5 })
    expect(names()).toEqual(['.hidden', 'a.jpg', 'b.txt', 'build', 'build/x', 'd'])
  })

  it('tells a person once of a directory that cannot be made, however many files it has', async () => {
    writeTree(source(), {
      a: '1',
      ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`d/${i}`, 'x'])),
    })
    fs.mkdirSync(target())
    fs.writeFileSync(path.join(target(), 'd'), 'a file')
    const { code, text } = await (way === 'put'
      ? site.run(['put', '-r', site.local('tree')], { json: false })
      : site.run(['get', '-r', 'tree', '-o', `${site.home}/`], { json: false }))
    expect(code).toBe(5)
    expect(text.match(/^ftp-client: /gm)).toHaveLength(1)
    expect(text).toMatch(/21 failed/)
  })

  it('leaves links out with a note', async () => {
    writeTree(source(), { f: 'x' })
    fs.symlinkSync('f', path.join(source(), 'link'))
    const { code, events } = await copy()
    expect(code).toBe(0)
    expect(events).toContainEqual({
      event: 'left-out',
      path: expect.stringMatching(/tree\/link$/),
      type: 'symlink',
    })
    expect(names()).toEqual(['f'])
  })

  it('wants -r for what chooses from a tree', async () => {
    for (const option of [
      ['--include', 'x'],
      ['--links', 'skip'],
      ['--max-size', '1'],
    ]) {
      const run = way === 'put' ? ['put', site.local('tree')] : ['get', 'tree']
      expect(await site.run([...run, ...option])).toMatchObject({
        code: 2,
        text: expect.stringMatching(/add -r/),
      })
    }
  })
})

describe('links', () => {
  it('--links follow stores what they lead to; one in a circle or to nothing is an error', async () => {
    writeTree(site.local('elsewhere'), { x: 'out', 'y/z': 'of the tree' })
    writeTree(site.local('tree'), { f: 'x', 'd/g': 'y' })
    for (const [name, to] of [
      ['to-file', 'f'],
      ['d/up', '..'],
      ['d/here', '.'],
      ['out', '../elsewhere'],
      ['broken', 'nowhere'],
    ])
      fs.symlinkSync(to ?? '', path.join(site.local('tree'), name ?? ''))
    const { code, events } = await site.run(['put', '-r', site.local('tree'), '--links', 'follow'])
    expect(code).toBe(3)
    expect(
      errorsOf(events)
        .map((error) => (error as { message: string }).message)
        .sort(),
    ).toEqual([
      expect.stringMatching(/broken" is a link to nothing/),
      expect.stringMatching(/d\/here" is a link to a directory above it/),
      expect.stringMatching(/d\/up" is a link to a directory above it/),
    ])
    expect(Object.keys(treeOf(site.remote('tree')))).toEqual([
      'd',
      'd/g',
      'f',
      'out',
      'out/x',
      'out/y',
      'out/y/z',
      'to-file',
    ])
  })

  it('a policy that a server cannot serve is refused with a way out', async () => {
    writeTree(site.local('tree'), { f: 'x' })
    const copied = await site.run(['put', '-r', site.local('tree'), '--links', 'copy'])
    expect(copied).toMatchObject({ code: 2, text: expect.stringMatching(/Allowed choices are skip, follow/) })
    expect(await site.run(['get', '-r', 'tree', '--links', 'follow'])).toMatchObject({
      code: 2,
      text: expect.stringMatching(/works for local links only, because a server follows none; leave it out/),
    })
    expect(fs.existsSync(site.remote('tree'))).toBe(false)
  })
})

it('reads a list from standard input, with NULs as find writes them', async () => {
  writeTree(site.local('tree'), { 'a b': '1', c: '2' })
  const { code, stdout } = await runClient(['put', '-r', site.local('tree'), '--files-from', '-', '-0'], {
    port: site.server.port,
    config: site.local('config'),
    input: Buffer.from('./a b\0'),
  })
  expect(code).toBe(0)
  expect(parseEvents(stdout.toString()).at(-1)).toMatchObject({ event: 'summary', done: 1 })
  expect(Object.keys(treeOf(site.remote('tree')))).toEqual(['a b'])
})

it('what this user may not read is told by name, and the rest is sent; nothing is deleted for want of it', async () => {
  const tree = site.local('tree')
  writeTree(tree, { 'open/a': 'a', 'closed/b': 'b', secret: 's' })
  writeTree(site.remote('tree'), { 'closed/b': 'old', gone: 'x' })
  for (const name of ['closed', 'secret']) fs.chmodSync(path.join(tree, name), 0)
  const { code, events } = await runClient(['sync', '--delete', tree, ':tree'], {
    port: site.server.port,
    config: site.local('config'),
    under: AS_ANYBODY,
  })
  fs.chmodSync(path.join(tree, 'closed'), 0o755)
  expect(code).toBe(4)
  const told = events.filter(({ event }) => event === 'error').sort(byMessage)
  expect(told).toMatchObject([
    { code: 'forbidden', message: expect.stringContaining('tree/closed"') },
    { code: 'forbidden', message: expect.stringContaining('tree/secret"') },
    { code: 'io', message: expect.stringMatching(/nothing was deleted/) },
  ])
  expect(Object.keys(treeOf(site.remote('tree')))).toEqual(['closed', 'closed/b', 'gone', 'open', 'open/a'])
})

it.each([
  [['--include', '['], /is no pattern: .*'\*\.jpg'/],
  [['--min-size', 'big'], /bytes like 0, 500K/],
  [['--newer-than', 'soon'], /90m, 24h or 7d, or a date/],
  [['--files-from', '/nowhere'], /there is no such file/],
  [['--exclude-from', '/nowhere'], /there is no such file/],
])('says what is wrong with %j, and how to write it', async (options, text) => {
  const { code, stderr } = await runClient(['put', '-r', site.home, ...options], {
    port: site.server.port,
    config: site.local('config'),
    global: [],
  })
  expect([2, 3]).toContain(code)
  expect(stderr).toMatch(text)
})
