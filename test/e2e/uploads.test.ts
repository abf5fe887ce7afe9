import fs from 'node:fs'
import path from 'node:path'
import { parsePath } from '@ftp/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { until } from '../support/deadline.ts'
import { MIB, serverPartials, writeRandom } from '../support/files.ts'
import type { Program } from '../support/program.ts'
import { RawClient } from '../support/raw-client.ts'
import { runServerCommand } from '../support/server-command.ts'
import { Site } from '../support/site.ts'
import { user } from '../support/user-command.ts'

/** What an owner and an operator see of unfinished uploads, which processes have left, and how they get rid of them. */
const SIZE = 16 * MIB

let site: Site
let anna: { readonly env: Record<string, string>; readonly config: string }
beforeAll(async () => {
  site = await Site.open({ threads: 2 })
  await addAccount(site.root, 'anna', { home: parsePath('anna'), quota: { bytes: 100 * MIB, files: 20 } })
  anna = {
    env: { FTP_USER: 'anna', FTP_PASSWORD: PASSWORD },
    config: path.join(site.home, '../config-of-anna'),
  }
  writeRandom(path.join(site.home, 'big.iso'), SIZE, 1)
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(async () => {
  fs.rmSync(path.join(site.root, 'anna'), { recursive: true, force: true })
  expect(await user(site.root, ['rescan', 'anna'])).toMatchObject({ code: 0 })
})

/** Bytes of each partial in a folder of anna's. */
function partials(folder = '.'): number[] {
  const directory = path.join(site.root, 'anna', folder)
  return fs.existsSync(directory) ? serverPartials(directory).map((file) => fs.statSync(file).size) : []
}

/** A client that sends a file, and the line that it uses. */
interface Sending extends AsyncDisposable {
  readonly program: Program
  readonly line: ChaosProxy
}

/**
 * Begins to send a file over a line that goes dead for what the client sends. Resolves when some of the file has
 * arrived.
 */
async function begin(to: string): Promise<Sending> {
  const begun = (): number => partials(path.dirname(to)).filter((size) => size > MIB).length
  const before = begun()
  const line = await ChaosProxy.start(site.port, () => ({ up: { stallAfter: 3.5 * MIB } }))
  const program = site.start(['put', 'big.iso', '--to', to], { ...anna, port: line.port })
  await until('a block has arrived', () => begun() > before)
  return {
    program,
    line,
    async [Symbol.asyncDispose]() {
      await program.kill()
      await line[Symbol.asyncDispose]()
    },
  }
}

/** Leaves an interrupted upload, and nothing else. */
async function interrupt(to: string): Promise<void> {
  {
    await using sending = await begin(to)
    expect(await sending.program.kill('SIGINT')).toMatchObject({ code: 130 })
  }
  await using client = await RawClient.loginAs({ host: '127.0.0.1', port: site.port }, 'anna', PASSWORD)
  await until('the server knows', async () => {
    const { uploads } = await client.ask({ type: 'uploads' }, 'uploads')
    return uploads.some((upload) => upload.path === to && !upload.running)
  })
}

async function usedBytes(): Promise<unknown> {
  const { events } = await site.run(['du'], anna)
  const [usage] = events
  return usage?.['quota']
}

async function ftpServer(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runServerCommand([...args, '--root', site.root])
  expect([code, stderr]).toEqual([0, ''])
  return stdout.toString()
}

describe('ftp-client uploads', () => {
  it('shows what was cut off, and what is being sent now, to its owner alone', async () => {
    await interrupt('cut.iso')
    await using sending = await begin('now.iso')
    const { code, events } = await site.run(['uploads'], anna)
    expect(code).toBe(0)
    const [cut, now, summary] = events
    expect(cut).toMatchObject({ event: 'upload', path: 'cut.iso', length: SIZE, running: false })
    expect(cut?.['id']).toBe(String(cut?.['key']).slice(0, 8))
    expect(Number(cut?.['size'])).toBeGreaterThan(0)
    expect(now).toMatchObject({ event: 'upload', path: 'now.iso', running: true })
    expect(summary).toMatchObject({ event: 'summary', command: 'uploads', done: 2 })
    expect((await site.run(['uploads'])).events).toMatchObject([{ event: 'summary', done: 0 }])

    const { stdout } = await site.run(['uploads'], { ...anna, global: [] })
    const lines = stdout.toString().split('\n')
    expect(lines[0]).toMatch(/^ID {8}ARRIVED +OF +SINCE +PATH$/)
    expect(lines[1]).toMatch(
      /^[0-9a-f]{8} {2}[\d.]+ MiB +16\.0 MiB {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}cut\.iso$/,
    )
    expect(lines[2]).toMatch(/ now\.iso \(being sent now\)$/)

    const { events: removed } = await site.run(['uploads', 'rm', '--all'], anna)
    expect(removed).toMatchObject([
      { event: 'removed', path: 'cut.iso' },
      { event: 'summary', done: 1 },
    ])
    expect(await site.run(['uploads', 'rm', 'now.iso'], anna)).toMatchObject({ code: 0 })
    const { code: ended, stderr } = await sending.program.result()
    expect([ended, stderr]).toEqual([5, ''])
    expect(sending.program.events.some((event) => event['code'] === 'taken_over')).toBe(true)
    expect(partials()).toEqual([])
    expect(await usedBytes()).toMatchObject({ bytes: { used: 0 }, files: { used: 0 } })
  })

  it('removes by path or id, and says what it cannot find', async () => {
    await interrupt('a.iso')
    await interrupt('b.iso')
    const { events } = await site.run(['uploads'], anna)
    const id = String(events.find((event) => event['path'] === 'a.iso')?.['id'])
    expect(await site.run(['uploads', 'remove', id, 'nothing', '/b.iso'], anna)).toMatchObject({ code: 3 })
    expect((await site.run(['uploads'], anna)).events).toHaveLength(1)
    for (const args of [['rm'], ['rm', '--all', 'x'], ['--all'], ['list', 'x'], ['nonsense']])
      expect(await site.run(['uploads', ...args], anna), args.join()).toMatchObject({ code: 2 })
  })
})

describe('what an interrupted upload takes of a quota', () => {
  it.each([
    ['its directory is removed by its owner', () => site.run(['rm', '-r', 'd'], anna)],
    ['it is removed by its owner', () => site.run(['uploads', 'rm', 'd/big.iso'], anna)],
    ['it is aborted by the operator', () => ftpServer('uploads', 'abort', '--before', '0s')],
  ])('is free again when %s', async (_, remove) => {
    expect(await site.run(['mkdir', 'd'], anna)).toMatchObject({ code: 0 })
    await interrupt('d/big.iso')
    expect(await site.run(['put', 'big.iso', '--to', 'big.iso'], anna)).toMatchObject({ code: 0 })
    expect(await usedBytes()).not.toMatchObject({ files: { used: 1 } })
    await remove()
    expect(await usedBytes()).toMatchObject({ bytes: { used: SIZE }, files: { used: 1 } })
  })

  it('is as much as its partial, before and after the server is killed', async () => {
    await interrupt('big.iso')
    await using sending = await begin('other.iso')
    await site.restart()
    const bytes = (): number => partials().reduce((sum, size) => sum + size, 0)
    await sending[Symbol.asyncDispose]()
    await until('both have ended', async () => {
      const { events } = await site.run(['uploads'], anna)
      return events.length === 3 && events.every((event) => event['running'] !== true)
    })
    // A server that was killed has to count again.
    await expect.poll(usedBytes).toMatchObject({ bytes: { used: bytes() }, files: { used: 2 } })
    await site.restart()
    await expect.poll(usedBytes).toMatchObject({ bytes: { used: bytes() }, files: { used: 2 } })
  })
})

describe('ftp-server uploads list', () => {
  it('names the file, its owner, and how much has come of how much, in columns', async () => {
    await interrupt('big.iso')
    const [head, line, ...rest] = (await ftpServer('uploads', 'list')).split('\n')
    expect(head).toMatch(/^KEY {31}WRITTEN {14}BYTES +OF +ACCOUNT {2}FILE$/)
    expect(line).toMatch(/^[0-9a-f]{32} {2}\S+ \S+ {2}[\d.]+ MiB +16\.0 MiB {2}anna {5}\/anna\/big\.iso$/)
    expect(rest).toEqual([''])
    expect(await user(site.root, ['remove', 'anna'])).toMatchObject({ code: 0 })
    expect(await ftpServer('uploads', 'list')).toMatch(/ \? +\/anna\/big\.iso\n$/)
  })
})
