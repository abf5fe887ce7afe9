import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { until } from '../support/deadline.ts'
import { MIB, md5Of, randomBytes } from '../support/files.ts'
import type { Run } from '../support/in-process-client.ts'
import { LocalSite, type RunOptions } from '../support/local-site.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open()
})
afterAll(() => site[Symbol.asyncDispose]())

/** `get --follow log` that is running. */
class Following {
  readonly #stop = new AbortController()
  readonly end: Promise<Run>

  constructor(options: RunOptions = {}) {
    const args = ['get', '--follow', 'log', '-o', site.local('log')]
    this.end = site.run(args, { ...options, signal: this.#stop.signal })
  }

  /** Waits until this many bytes are there. */
  async has(size: number): Promise<void> {
    const partial = site.local('log.ftp.part')
    await until(`${size} bytes`, () => fs.statSync(partial, { throwIfNoEntry: false })?.size === size)
  }

  interrupt(): Promise<Run> {
    this.#stop.abort()
    return this.end
  }
}

describe('get --follow', () => {
  const first = randomBytes(MIB + 100, 1)
  const log = (): string => site.remote('log')
  const local = (): Buffer => fs.readFileSync(site.local('log'))
  beforeEach(() => {
    fs.writeFileSync(log(), first)
    for (const name of fs.readdirSync(site.home)) fs.rmSync(site.local(name))
  })

  it('receives what is appended until Ctrl-C, and keeps it under its name, verified', async () => {
    const following = new Following()
    await following.has(first.length)
    for (const size of [1, MIB, 3 * MIB]) fs.appendFileSync(log(), Buffer.alloc(size, size % 251))
    const whole = fs.readFileSync(log())
    await following.has(whole.length)
    expect(fs.existsSync(site.local('log'))).toBe(false)
    const { code, events } = await following.interrupt()
    expect(code).toBe(0)
    expect(events.find(({ event }) => event === 'done')).toMatchObject({
      md5: md5Of(whole),
      bytes: whole.length,
    })
    expect(events.at(-1)).toMatchObject({ event: 'summary', done: 1, failed: 0, exitCode: 0 })
    expect(local().equals(whole)).toBe(true)
    expect(fs.readdirSync(site.home)).toEqual(['log'])
  })

  it('continues on a new connection when one is lost, and fetches again what arrives damaged', async () => {
    const flip = [700_000 * 8]
    const plans = [{ down: { flip } }, {}]
    await using proxy = await ChaosProxy.start(site.server.port, (number) => plans[number] ?? {})
    const following = new Following({ port: proxy.port })
    await following.has(first.length)
    proxy.cut()
    fs.appendFileSync(log(), 'more')
    await following.has(first.length + 4)
    expect(proxy.connections).toBeGreaterThan(1)
    const { code } = await following.interrupt()
    expect(code).toBe(0)
    expect(local().equals(fs.readFileSync(log()))).toBe(true)
  })

  it.each([
    ['become shorter', () => fs.truncateSync(log(), 10)],
    ['removed or replaced', () => fs.rmSync(log())],
    ['removed or replaced', () => fs.renameSync(site.remote('other'), log())],
  ])('says that the file has been %s, and keeps what it was', async (said, change) => {
    fs.writeFileSync(site.remote('other'), Buffer.alloc(2 * MIB))
    const following = new Following()
    await following.has(first.length)
    change()
    const { code, events } = await following.end
    expect(code).toBe(5)
    expect(events.find(({ event }) => event === 'error')?.message).toMatch(said)
    expect(local().equals(first)).toBe(true)
  })

  it.each([
    ['continues what an earlier run has left', first.subarray(0, 5_000), 5_000],
    ['starts again where that is of another file', Buffer.alloc(5_000, 'x'), 0],
    ['starts again where the file is shorter', Buffer.concat([first, first]), 0],
  ])('%s', async (_, held, position) => {
    fs.writeFileSync(site.local('log.ftp.part'), held)
    const following = new Following()
    await following.has(first.length)
    const { events } = await following.interrupt()
    expect(events.find(({ event }) => event === 'resume')).toMatchObject({
      bytes: position,
      held: held.length,
    })
    expect(local().equals(first)).toBe(true)
  })

  it('takes one file, and asks at its beginning whether its name is taken', async () => {
    expect((await site.run(['get', '--follow', 'log', 'other'])).code).toBe(2)
    fs.writeFileSync(site.local('log'), 'mine')
    const args = ['get', '--follow', 'log', '-o', site.local('log'), '--if-exists']
    expect((await site.run([...args, 'fail'])).code).toBe(5)
    expect((await site.run([...args, 'skip'])).code).toBe(0)
    expect(local().toString()).toBe('mine')
    expect((await site.run(['get', '-f', 'nothing', '-o', path.join(site.home, 'n')])).code).toBe(3)
  })
})

describe('follow', () => {
  it('P-9.9: sends the file and what is appended, with the MD5 so far, until cancel', async () => {
    await using folder = await ServedFolder.start()
    await using client = await RawClient.login(folder.server)
    folder.write('log', 'one')
    const id = client.request({ type: 'follow', path: 'log' })
    expect((await client.take('following')).reply.entry).toMatchObject({ name: 'log', size: 3 })
    const data = async (): Promise<unknown[]> => {
      const { reply, payload } = await client.take('data')
      return [reply.offset, Buffer.from(payload).toString(), reply.md5, reply.last]
    }
    expect(await data()).toEqual([0, 'one', md5Of(Buffer.from('one')), undefined])
    client.send({ id, type: 'ack', offset: 3 })
    fs.appendFileSync(folder.at('log'), 'two')
    expect(await data()).toEqual([3, 'two', md5Of(Buffer.from('onetwo')), undefined])
    client.send({ id, type: 'cancel' })
    expect((await client.take('error')).reply).toMatchObject({ id, code: 'cancelled' })
    const held = { type: 'follow', path: 'log', offset: 4, md5: md5Of(Buffer.from('onet')) }
    client.request(held)
    await client.take('following')
    expect(await data()).toEqual([4, 'wo', md5Of(Buffer.from('onetwo')), undefined])
    const closing = folder.server.close(10_000)
    expect((await client.take('error')).reply).toMatchObject({ code: 'shutdown' })
    await closing
  })

  it('P-9.10: refuses an offset whose bytes are others, and one without MD5', async () => {
    await using folder = await ServedFolder.start()
    await using client = await RawClient.login(folder.server)
    folder.write('log', 'onetwo')
    const md5 = md5Of(Buffer.from('else'))
    const ask = { type: 'follow', path: 'log' }
    expect(await client.ask({ ...ask, offset: 4, md5 }, 'error')).toMatchObject({ code: 'changed' })
    expect(await client.ask({ ...ask, offset: 40, md5 }, 'error')).toMatchObject({ code: 'changed' })
    expect(await client.ask({ ...ask, offset: 4 }, 'error')).toMatchObject({ code: 'bad_request' })
    expect(await client.ask({ ...ask, md5 }, 'error')).toMatchObject({ code: 'bad_request' })
  })
})
