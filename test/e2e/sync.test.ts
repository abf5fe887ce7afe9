import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { treeOf, writeTree } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import { AS_ANYBODY, type ProgramEvent } from '../support/program.ts'
import { ServerProcess } from '../support/server-process.ts'

const TIME = 1_700_000_000_123_456

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open({ threads: 2 })
})
beforeEach(() => site.clear())
afterAll(() => site[Symbol.asyncDispose]())

function write(root: string, files: Readonly<Record<string, string>>, mtime = TIME): void {
  writeTree(root, files, mtime)
}

function changes(events: readonly ProgramEvent[]): unknown[] {
  return events
    .filter(({ event }) => event === 'change')
    .map(({ change, path: name }) => `${change} ${name}`)
    .sort()
}

describe.each(['put', 'get'] as const)('sync as a %s', (way) => {
  const source = (): string => path.join(way === 'put' ? site.home : site.root, 'tree')
  const target = (): string => path.join(way === 'put' ? site.root : site.home, 'copy')
  const paths = (): string[] => (way === 'put' ? [source(), ':copy'] : [':tree', target()])
  const sync = async (...options: string[]): ReturnType<LocalSite['run']> =>
    await site.run(['sync', ...paths(), ...options])

  it('moves what differs, and nothing the second time', async () => {
    write(source(), { a: 'one', 'd/b': 'two', 'd/e/c': 'x'.repeat(2_000_000), '.hidden': '' })
    fs.mkdirSync(path.join(source(), 'empty/below'), { recursive: true })
    expect((await sync()).code).toBe(0)
    expect(treeOf(target())).toEqual(treeOf(source()))
    const again = await sync()
    expect(again.code).toBe(0)
    expect(again.events).toHaveLength(1)
    expect(again.events[0]).toMatchObject({ event: 'summary', done: 0, moved: 0 })

    write(source(), { a: 'ONE', new: 'file' }, TIME + 2)
    const third = await sync()
    expect(changes(third.events)).toEqual(['changed a', 'new new'])
    expect(treeOf(target())).toEqual(treeOf(source()))
  })

  it('does what its dry run says', async () => {
    write(source(), { a: 'one', 'd/b': 'two' })
    write(target(), { a: 'stale', 'gone/x': '1', 'gone/y': '2', left: '3' })
    const before = treeOf(target())
    const dry = await sync('--delete', '--dry-run')
    expect(changes(dry.events)).toEqual(['changed a', 'delete gone', 'delete left', 'new d', 'new d/b'])
    expect(treeOf(target())).toEqual(before)
    const real = await sync('--delete')
    expect(real.code).toBe(0)
    expect(changes(real.events)).toEqual(changes(dry.events))
    expect(treeOf(target())).toEqual(treeOf(source()))
  })

  it('deletes nothing unless told, nothing for an empty or missing source, and no more than allowed', async () => {
    write(target(), { a: '1', b: '2' })
    expect((await sync('--delete')).code).toBe(3)
    fs.mkdirSync(source())
    expect((await sync('--delete')).code).toBe(2)
    write(source(), { c: '3' })
    expect((await sync('--delete', '--max-delete', '1')).code).toBe(2)
    expect((await sync()).code).toBe(0)
    expect(fs.readdirSync(target()).sort()).toEqual(['a', 'b', 'c'])
    fs.rmSync(path.join(source(), 'c'))
    expect((await sync('--delete', '--allow-empty')).code).toBe(0)
    expect(fs.readdirSync(target())).toEqual([])
  })

  it('without --delete, leaves a name alone that stands for different things', async () => {
    write(source(), { 'a/x': '1', b: '2' })
    write(target(), { a: '1', left: '3' })
    const { code, text } = await sync()
    expect(code).toBe(5)
    expect(text).toContain('is a directory in the source and a file in the target')
    expect(fs.readdirSync(target()).sort()).toEqual(['a', 'b', 'left'])
  })

  it('with --delete, replaces a file by a directory and back, as its dry run says, and then is done', async () => {
    write(source(), { 'a/x/y': '1', 'a/z': '2', b: '3', c: 'x'.repeat(1_100_000) })
    fs.mkdirSync(path.join(source(), 'e'))
    write(target(), { a: '1', 'b/deep/x': '2', 'c/y': '3', e: '4', left: '5' })
    const limited = await sync('--delete', '--max-delete', '7')
    expect(limited.code).toBe(2)
    expect(limited.text).toContain('8 entries would be deleted')
    expect(fs.readFileSync(path.join(target(), 'a'), 'utf8')).toBe('1')
    const dry = await sync('--delete', '--dry-run')
    expect(dry.code).toBe(0)
    expect(changes(dry.events)).toEqual(
      ['delete a', 'delete b', 'delete c', 'delete e', 'delete left', 'new a', 'new a/x', 'new a/x/y']
        .concat(['new a/z', 'new b', 'new c', 'new e'])
        .sort(),
    )
    const real = await sync('--delete')
    expect(real.code).toBe(0)
    expect(changes(real.events)).toEqual(changes(dry.events))
    expect(real.events.at(-1)).toMatchObject({ done: 4, deleted: 8 })
    expect(treeOf(target())).toEqual(treeOf(source()))
    expect((await sync('--delete')).events).toHaveLength(1)
  })

  it('replaces nothing by the directory or file whose place it has, if anything else fails or is excluded', async () => {
    write(source(), { 'a/x': '1', b: '2' })
    write(target(), { a: '1', 'b/keep.tmp': '2', left: '3' })
    const { code, text } = await sync('--delete', '--exclude', '*.tmp')
    expect(code).toBe(5)
    expect(text).toContain('cannot be replaced')
    expect(Object.keys(treeOf(target())).sort()).toEqual(['a', 'b', 'b/keep.tmp', 'left'])
  })

  it('does not take a source with nothing but directories for one that has files', async () => {
    write(target(), { a: '1', 'd/b': '2' })
    fs.mkdirSync(path.join(source(), 'lost+found'), { recursive: true })
    const { code, text } = await sync('--delete')
    expect(code).toBe(2)
    expect(text).toContain('--allow-empty')
    expect(fs.existsSync(path.join(target(), 'd/b'))).toBe(true)
    expect((await sync('--delete', '--allow-empty')).code).toBe(0)
    expect(fs.readdirSync(target())).toEqual(['lost+found'])
  })

  it('sums up what it did, and what it would do, in the order of names', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `f${index}`)
    write(source(), Object.fromEntries(names.map((name) => [name, 'xx'])))
    write(source(), { f7: 'changed' }, TIME + 2)
    write(target(), { f3: 'xx', f7: 'x', gone: '1', 'old/a': '2' })
    fs.chmodSync(path.join(target(), 'f3'), 0o600)
    const dry = await site.run(['sync', ...paths(), '--delete', '-n'], { json: false })
    const verb = way === 'put' ? 'store' : 'receive'
    expect(dry.text).toContain(`would ${verb} 39 files, 83 B, change 1, delete 3; nothing was done`)
    const signs = dry.text.split('\n').filter((line) => /^[+>.] f/.test(line))
    expect(signs.map((line) => line.slice(2))).toEqual(names.toSorted())
    const planned = await sync('--delete', '-n')
    expect(planned.events.at(-1)).toMatchObject({
      ...{ done: 0, changed: 1, deleted: 3, planned: { files: 39, bytes: 83 } },
    })
    const real = await site.run(['sync', ...paths(), '--delete'], { json: false })
    // A slow machine is told the time that it took.
    expect(real.text).toMatch(
      new RegExp(`^39 files ${verb}d and verified, 83 B( in \\S+ \\([^)]+\\))?, 1 changed, 3 deleted$`, 'm'),
    )
    const again = await site.run(['sync', ...paths(), '--delete'], { json: false })
    expect(again.text).toContain('nothing to do')
  })

  it('leaves out what is excluded, on both sides', async () => {
    write(source(), { a: '1', 'x.tmp': '2', 'build/y': '3' })
    write(target(), { 'z.tmp': '4', 'old/w.tmp': '5', 'old/v': '6' })
    expect((await sync('--delete', '--exclude', '*.tmp', '--exclude', '/build/')).code).toBe(0)
    expect(Object.keys(treeOf(target())).sort()).toEqual(['a', 'old', 'old/w.tmp', 'z.tmp'])
  })

  it('compares contents with --checksum, whatever the times say', async () => {
    write(source(), { same: 'abc', other: 'abc' })
    write(target(), { same: 'abc', other: 'xyz' }, TIME + 2)
    expect(changes((await sync('--checksum')).events)).toEqual(['attributes same', 'changed other'])
    expect(treeOf(target())).toEqual(treeOf(source()))
  })

  it('gives a file that is the same its permission bits, without moving it', async () => {
    write(source(), { 'd/a': 'one', 'd/b': 'two' })
    await sync()
    fs.chmodSync(path.join(source(), 'd/a'), 0o700)
    // What the umask takes does not differ for ever.
    fs.chmodSync(path.join(source(), 'd/b'), 0o466)
    const { events } = await sync()
    expect(changes(events)).toEqual(['attributes d/a', 'attributes d/b'])
    expect(events.at(-1)).toMatchObject({ done: 0, moved: 0 })
    const umask = way === 'get' ? process.umask() : 0
    for (const [name, mode] of [
      ['d/a', 0o700],
      ['d/b', 0o466],
    ] as const)
      expect(fs.statSync(path.join(target(), name)).mode & 0o777).toBe(mode & ~umask)
    expect(changes((await sync()).events)).toEqual([])
  })
})

it('gives permission bits to a file that the server itself may not read', async () => {
  const root = fs.mkdtempSync(site.local('other-'))
  for (const folder of [root, site.local('tree')]) write(folder, { a: '1' })
  fs.chmodSync(path.join(root, 'a'), 0)
  await using server = await ServerProcess.start({ root, under: AS_ANYBODY })
  const { code, events } = await site.run(['sync', site.local('tree'), ':'], { port: server.port })
  expect([code, ...changes(events)]).toEqual([0, 'attributes a'])
  expect(fs.statSync(path.join(root, 'a')).mode & 0o777).toBe(0o644)
})

it('wants one side on a server', async () => {
  expect((await site.run(['sync', 'a', 'b'])).code).toBe(2)
  expect((await site.run(['sync', ':a', ':b'])).code).toBe(2)
})

it('finds in a dry run what the server will not store, and ends with the same code', async () => {
  write(site.local('tree'), { 'a:b': '1', 'nul/x': '2', ok: '3' })
  const [dry, real] = [
    await site.run(['sync', site.local('tree'), ':copy', '-n']),
    await site.run(['sync', site.local('tree'), ':copy']),
  ]
  expect([dry.code, real.code]).toEqual([2, 2])
  const errors = ({ events }: typeof dry): unknown[] =>
    events.filter(({ event }) => event === 'error').map(({ message }) => message)
  expect(errors(dry)).toEqual(errors(real))
  expect(changes(dry.events)).toEqual(changes(real.events))
  expect(fs.readdirSync(site.remote('copy'))).toEqual(['ok'])
})

it('neither deletes nor sends what belongs to a server that serves the folder here', async () => {
  write(site.root, { f: '1' })
  write(site.local('here'), { '.ftp-server/identity.pem': 'key', 'deep/.ftp-part-0': 'half', 'deep/x': '1' })
  const { code, events } = await site.run(['sync', ':', site.local('here'), '--delete'])
  expect([code, ...changes(events)]).toEqual([0, 'delete deep/x', 'new f'])
  expect(Object.keys(treeOf(site.local('here'))).sort()).toEqual([
    ...['.ftp-server', '.ftp-server/identity.pem', 'deep', 'deep/.ftp-part-0', 'f'],
  ])
  for (const command of [
    ['put', '-r', site.local('here'), '--to', 'put'],
    ['sync', site.local('here'), ':sync'],
  ]) {
    const sent = await site.run(command, { json: false })
    expect(sent.code).toBe(0)
    expect(sent.text).toContain('.ftp-server: left out, it belongs to a server')
    expect(fs.readdirSync(site.remote(command[0] ?? '')).sort()).toEqual(['deep', 'f'])
  }
})

it('leaves a pipe in the target alone, and calls it one', async () => {
  write(site.local('tree'), { x: '1' })
  fs.mkdirSync(site.remote('tree'))
  execFileSync('mkfifo', [site.remote('tree/x')])
  const { code, text } = await site.run(['sync', site.local('tree'), ':tree', '--delete'])
  expect(code).toBe(5)
  expect(text).toContain('is a file in the source and a pipe, socket or device in the target')
})
