import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { md5Of } from '../support/chain.ts'
import { Program, type Result } from '../support/program.ts'
import { RawClient } from '../support/raw-client.ts'
import { runServerCommand } from '../support/server-command.ts'
import { Site } from '../support/site.ts'
import { mget, mput } from '../support/together.ts'

/** Who did what: written by a real server, read with `ftp-server audit` while it runs. */
let site: Site
beforeAll(async () => {
  site = await Site.open()
})
afterAll(() => site[Symbol.asyncDispose]())

async function audit(...args: string[]): Promise<Result> {
  return await runServerCommand(['audit', '--root', site.root, ...args])
}

async function events(...args: string[]): Promise<readonly object[]> {
  const { code, stderr, events: found } = await audit('--json', ...args)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return found
}

it('everything that a client does to files is there, with size and digest, and so is what was refused', async () => {
  fs.writeFileSync(path.join(site.home, 'f.txt'), 'hello')
  fs.writeFileSync(path.join(site.home, 'other.txt'), 'other')
  fs.mkdirSync(path.join(site.home, 'tree'))
  fs.writeFileSync(path.join(site.home, 'large.bin'), Buffer.alloc(3_000_000, 'x'))
  for (const args of [
    ['mkdir', 'd'],
    ['put', 'f.txt', '--to', 'd/'],
    ['put', 'large.bin', '--to', 'd/'],
    ['put', 'other.txt', '--to', 'd/f.txt', '--if-exists', 'skip'],
    ['put', 'other.txt', '--to', 'd/f.txt', '--if-exists', 'fail'],
    ['get', 'd/f.txt', '-o', 'copy.txt'],
    ['get', 'd/large.bin', '-o', 'copy.bin'],
    ['get', 'missing'],
    ['mv', 'd/f.txt', 'd/g.txt'],
    ['cp', 'd/g.txt', 'd/h.txt'],
    ['rm', '-r', 'd'],
    ['put', '-r', 'tree'],
  ])
    await site.run(args)
  const md5 = '5d41402abc4b2a76b9719d911017c592'
  // Each thread writes what it has recorded a moment later.
  const all = async (): Promise<readonly object[]> =>
    (await events()).filter((event) => !('action' in event) || event.action !== 'login')
  const who = { account: 'anonymous', address: '127.0.0.1' }
  await expect.poll(all).toMatchObject([
    { ...who, action: 'mkdir', path: 'd', outcome: 'ok' },
    { ...who, action: 'put', path: 'd/f.txt', size: 5, md5, outcome: 'ok' },
    { action: 'put', path: 'd/large.bin', size: 3_000_000, outcome: 'ok' },
    { action: 'put', path: 'd/f.txt', outcome: 'skipped' },
    { action: 'put', path: 'd/f.txt', outcome: 'exists' },
    { action: 'get', path: 'd/f.txt', size: 5, md5, outcome: 'ok' },
    { action: 'get', path: 'd/large.bin', size: 3_000_000, outcome: 'ok' },
    { action: 'get', path: 'missing', outcome: 'not_found' },
    { action: 'move', path: 'd/f.txt', target: 'd/g.txt', outcome: 'ok' },
    { action: 'copy', path: 'd/g.txt', target: 'd/h.txt', size: 5, outcome: 'ok' },
    { action: 'remove', path: 'd', outcome: 'ok' },
    { action: 'mkdir', path: 'tree', outcome: 'ok' },
    { action: 'setstat', path: 'tree', outcome: 'ok' },
  ])
  expect(await events('--action', 'login', '--user', 'anonymous', '--since', '1h')).not.toEqual([])
  expect(await events('--since', '2030-01-01')).toEqual([])
  expect(await events('--path', '/d/g.txt')).toMatchObject([{ action: 'move' }, { action: 'copy' }])
})

it('files that move together are there one by one', async () => {
  fs.mkdirSync(path.join(site.root, 'folder'))
  await using client = await RawClient.login({ host: '127.0.0.1', port: site.port })
  const bytes = Buffer.from('hello')
  const wrong = md5Of(Buffer.from('other'))
  await mput(client, [
    { path: 'folder/a', bytes },
    { path: 'folder/b', bytes, md5: wrong },
    { path: 'folder/c', bytes },
  ])
  await mget(client, ['folder/a', 'folder/missing', 'folder', 'folder/c'])
  await client[Symbol.asyncDispose]()
  const told = async (): Promise<readonly object[]> =>
    (await events()).filter((event) => 'path' in event && String(event.path).startsWith('folder'))
  const hello = { size: 5, md5: md5Of(bytes), outcome: 'ok' }
  await expect.poll(told).toMatchObject([
    { action: 'put', path: 'folder/a', ...hello },
    { action: 'put', path: 'folder/b', outcome: 'checksum' },
    { action: 'put', path: 'folder/c', ...hello },
    { action: 'get', path: 'folder/a', ...hello },
    { action: 'get', path: 'folder/missing', outcome: 'not_found' },
    { action: 'get', path: 'folder', outcome: 'is_directory' },
    { action: 'get', path: 'folder/c', ...hello },
  ])
})

it('a client that asks for what is not there fills neither the trail nor the log', async () => {
  const before = (await events()).length
  const log = site.server.program.stderr.length
  const missing = Array.from({ length: 60 }, (_, index) => `flood/${'x'.repeat(200)}${index}`)
  {
    await using client = await RawClient.login({ host: '127.0.0.1', port: site.port })
    for (let times = 0; times < 200; times++) await mget(client, missing)
  }
  const refused = async (): Promise<number> =>
    (await events('--action', 'get')).reduce(
      (sum, event) =>
        'outcome' in event && event.outcome === 'not_found' && 'times' in event
          ? sum + Number(event.times)
          : sum,
      0,
    )
  await expect.poll(refused).toBeGreaterThanOrEqual(12_000)
  expect((await events()).length - before).toBeLessThan(200)
  expect(site.server.program.stderr.length - log).toBeLessThan(100_000)
})

it('a refused login is there with the name that was tried, made harmless', async () => {
  for (const name of ['nobody', 'no\u202ebody'])
    await RawClient.loginAs({ host: '127.0.0.1', port: site.port }, name, 'wrong').catch(() => {})
  await expect
    .poll(async () => (await audit('--action', 'login', '--limit', '2')).stdout.toString())
    .toMatch(/ nobody .* refused\n.* no\\u\{202e\}body .* refused\n/)
  expect(await events('--user', 'nobody')).toMatchObject([{ action: 'login', outcome: 'refused' }])
})

it('what a client calls things is printable for whoever reads it', async () => {
  await using client = await RawClient.login({ host: '127.0.0.1', port: site.port })
  const name = `tag \u{1f3f4}\u{e0067}\u{e007f} joiner a\u200cb`
  await client.ask({ type: 'mkdir', path: name }, 'done')
  await client.ask({ type: 'remove', path: name }, 'done')
  await client[Symbol.asyncDispose]()
  for (const args of [[], ['--json']]) {
    const last = async (): Promise<string> =>
      (await audit('--action', 'mkdir', '--limit', '1', ...args)).stdout.toString().trimEnd()
    await expect.poll(last).toMatch(/tag .* joiner/)
    expect(await last()).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+$/u)
  }
})

it('an interrupted transfer is there as unfinished', async () => {
  await using client = await RawClient.login({ host: '127.0.0.1', port: site.port })
  client.request({ type: 'put', path: 'half', length: 5, upload: 'a'.repeat(32), ifExists: 'replace' })
  await client.take('ready')
  await client[Symbol.asyncDispose]()
  await expect
    .poll(() => events('--path', 'half'))
    .toMatchObject([{ action: 'put', size: 0, outcome: 'unfinished' }])
})

it('where no server has run, it says so', async () => {
  await using program = new Program('apps/server/src/main.ts', ['audit', '--root', site.home], {})
  expect(await program.result()).toMatchObject({ code: 2, stderr: expect.stringContaining('--state') })
  expect(fs.readdirSync(site.home)).not.toContain('.ftp-server')
})
