import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { treeOf, writeTree } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import { AS_ANYBODY, type ProgramEvent } from '../support/program.ts'
import { ServerProcess } from '../support/server-process.ts'

const TIME = 1_700_000_000_123_456

let site: LocalSite
beforeEach(async () => {
  site = await LocalSite.open()
})
afterEach(() => site[Symbol.asyncDispose]())

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

    write(source(), { a: 'ONE', new: 'file' }, TIME + 1)
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

  it('deletes nothing where a name stands for different things', async () => {
    write(source(), { 'a/x': '1', b: '2' })
    write(target(), { a: '1', left: '3' })
    const { code } = await sync('--delete')
    expect(code).toBe(5)
    expect(fs.readdirSync(target()).sort()).toEqual(['a', 'b', 'left'])
  })

  it('leaves out what is excluded, on both sides', async () => {
    write(source(), { a: '1', 'x.tmp': '2', 'build/y': '3' })
    write(target(), { 'z.tmp': '4', 'old/w.tmp': '5', 'old/v': '6' })
    expect((await sync('--delete', '--exclude', '*.tmp', '--exclude', '/build/')).code).toBe(0)
    expect(Object.keys(treeOf(target())).sort()).toEqual(['a', 'old', 'old/w.tmp', 'z.tmp'])
  })

  it('compares contents with --checksum, whatever the times say', async () => {
    write(source(), { same: 'abc', other: 'abc' })
    write(target(), { same: 'abc', other: 'xyz' }, TIME + 1)
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
