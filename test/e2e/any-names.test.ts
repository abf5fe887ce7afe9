import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { treeOf, writeTree } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

/* A server with --names any keeps names that Windows cannot store (decision 39). */

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open({ names: 'any' })
})
beforeEach(() => site.clear())
afterAll(() => site[Symbol.asyncDispose]())

const MAILDIR = {
  'cur/1234.M5P6.host:2,S': 'read',
  'new/1235.M5P7.host': 'new',
  'logs/2026-01-01T12:30:00.log': 'x'.repeat(1_100_000),
  'CON/nul.txt': 'device',
  'back\\slash': 'slash',
  'what?*<>|"': 'all of them',
  'dot./space /x': 'ends',
}

it('a Maildir is stored and comes back as it was', async () => {
  writeTree(site.local('mail'), MAILDIR, 1_700_000_000_000_000)
  expect((await site.run(['put', '-r', site.local('mail')])).code).toBe(0)
  expect(treeOf(site.remote('mail'))).toEqual(treeOf(site.local('mail')))
  expect((await site.run(['get', '-r', 'mail', '-o', site.local('back')])).code).toBe(0)
  expect(treeOf(site.local('back'))).toEqual(treeOf(site.local('mail')))
})

it('sync says in its dry run what it does, keeps every name, and deletes by it', async () => {
  writeTree(site.local('mail'), MAILDIR)
  const dry = await site.run(['sync', site.local('mail'), ':mail', '-n'])
  const real = await site.run(['sync', site.local('mail'), ':mail'])
  expect([dry.code, real.code]).toEqual([0, 0])
  expect(treeOf(site.remote('mail'))).toEqual(treeOf(site.local('mail')))
  fs.rmSync(site.local('mail/cur/1234.M5P6.host:2,S'))
  expect((await site.run(['sync', site.local('mail'), ':mail', '--delete'])).code).toBe(0)
  expect(fs.readdirSync(site.remote('mail/cur'))).toEqual([])
  expect((await site.run(['sync', ':mail', site.local('copy')])).code).toBe(0)
  expect(treeOf(site.local('copy'))).toEqual(treeOf(site.local('mail')))
})

it('one name at a time works as well: put, mkdir, mv, cp, get, rm', async () => {
  fs.writeFileSync(site.local('12:30'), 'time')
  for (const command of [
    ['put', site.local('12:30')],
    ['mkdir', 'con'],
    ['mv', '12:30', 'con/aux.'],
    ['cp', 'con/aux.', 'a|b'],
    ['get', 'a|b', '-o', site.local('got')],
    ['rm', '-r', 'con', 'a|b'],
  ])
    expect([...command, (await site.run(command)).code]).toEqual([...command, 0])
  expect(fs.readFileSync(site.local('got'), 'utf8')).toBe('time')
})

it.each(['two\nlines', 'an escape \x1b[2J', 'turned \u202e', '.ftp-server', '.FTP-part-x', 'x'.repeat(256)])(
  'what is never a name is none here either: %j',
  async (name) => {
    fs.writeFileSync(site.local('harmless'), 'x')
    const before = fs.readdirSync(site.root)
    const put = await site.run(['put', site.local('harmless'), '--to', name])
    expect(put.code).toBe(2)
    expect(put.text).not.toMatch(/[^\P{C}\n]/u)
    expect((await site.run(['mkdir', name])).code).toBe(2)
    expect(fs.readdirSync(site.root)).toEqual(before)
  },
)

it.each(['..', 'a/../..', '../a:b'])('nothing leads out of the served folder: %s', async (name) => {
  fs.writeFileSync(site.local('up'), 'x')
  expect((await site.run(['put', site.local('up'), '--to', `${name}/up`])).code).toBe(2)
  expect(fs.existsSync(path.join(site.root, '..', 'up'))).toBe(false)
})
