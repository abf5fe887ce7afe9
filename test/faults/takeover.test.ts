import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, randomBytes, serverPartials, writeRandom } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import { MOVES } from '../support/moves.ts'
import { HELD, OVERHEAD, stalledTransfer } from '../support/stalled-transfer.ts'

const SIZE = 6 * MIB + 17

describe('A connection that died without a word', () => {
  it('is taken over at once by the client coming back, and can write no more', async () => {
    await using site = await LocalSite.open({ threads: 2 })
    const bytes = writeRandom(site.local('file.bin'), SIZE, 1)
    await using proxy = await ChaosProxy.start(site.server.port, () => ({
      up: { stallAfter: 3.5 * MIB },
      halfOpen: true,
    }))
    const unplugged = new AbortController()
    const first = site.run(['put', site.local('file.bin')], { port: proxy.port, signal: unplugged.signal })
    await proxy.stalled
    unplugged.abort()
    expect((await first).code).not.toBe(0)

    const second = await site.run(['put', site.local('file.bin')])
    expect(second.code).toBe(0)
    // Its first attempt gets the upload: it does not come again until the dead connection has been given up.
    expect(second.events).not.toContainEqual(expect.objectContaining({ event: 'retry' }))
    expect(second.events).toContainEqual(expect.objectContaining({ event: 'resume', bytes: 3 * MIB }))

    // What the network had held back of the old connection arrives now.
    proxy.release()
    const third = await site.run(['get', 'file.bin', '-o', site.local('back.bin')])
    expect(third.code).toBe(0)
    expect(fs.readFileSync(site.local('back.bin')).equals(bytes)).toBe(true)
    expect(fs.readFileSync(site.remote('file.bin')).equals(bytes)).toBe(true)
    expect(serverPartials(site.root)).toEqual([])
  })

  it('is noticed by a client with --timeout, which goes on by itself', async () => {
    await using site = await LocalSite.open({ threads: 2 })
    for (const move of MOVES) {
      const bytes = writeRandom(move.source(site), SIZE, 2)
      await using proxy = await stalledTransfer(move, site, () => site.server.port, { halfOpen: true })
      const run = await site.run(move.command(site), { port: proxy.port, global: ['--timeout', '2s'] })
      expect(run).toMatchObject({ code: 0 })
      expect(run.events).toContainEqual(expect.objectContaining({ event: 'retry', code: 'timeout' }))
      expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
      expect(proxy.sentLater()).toBeLessThan(SIZE - HELD + OVERHEAD)
      fs.rmSync(site.local('file.bin'))
      fs.rmSync(site.remote('file.bin'))
    }
  })
})

describe.each(MOVES)('A handler thread that dies during a $name', (move) => {
  it('is replaced, and its client goes on by itself', async () => {
    await using site = await LocalSite.open({ threads: 2 })
    const bytes = writeRandom(move.source(site), SIZE, 3)
    await using proxy = await stalledTransfer(move, site, () => site.server.port)
    const running = site.run(move.command(site), { port: proxy.port })
    await proxy.held()
    // The first connection of a server is the first thread's.
    const [thread] = site.server.threads
    await thread?.terminate()
    // Before it is replaced, there is no connection for it that nobody serves.
    const others = [1, 2, 3].map(() => site.run(['ls']))
    for (const { code, events } of await Promise.all(others)) {
      expect(code).toBe(0)
      expect(events).not.toContainEqual(expect.objectContaining({ event: 'retry' }))
    }
    proxy.cut()

    const run = await running
    expect(run).toMatchObject({ code: 0 })
    expect(run.events).toContainEqual(expect.objectContaining({ event: 'retry' }))
    expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
    expect(proxy.sentLater()).toBeLessThan(SIZE - HELD + OVERHEAD)
  })
})

describe('A put whose answer is lost after the server has stored the file', () => {
  it.each([
    { policy: 'replace', size: SIZE },
    { policy: 'fail', size: SIZE },
    { policy: 'newer', size: SIZE },
    { policy: 'fail', size: 100 },
    { policy: 'skip', size: 100 },
  ])('is done when repeated: $policy, $size bytes', async ({ policy, size }) => {
    await using site = await LocalSite.open({ threads: 2 })
    const bytes = writeRandom(site.local('file.bin'), size, 4)
    // The connection is cut the moment the answer would have passed.
    let [heard, before] = ['', 0]
    await using proxy = await ChaosProxy.start(site.server.port, () => ({
      watch: (way, chunk) => {
        if (way === 'down' && before === 0) heard += chunk.toString('latin1')
        if (before > 0 || !heard.includes('"type":"stored"')) return
        before = proxy.bytes.up
        proxy.cut()
      },
    }))
    const run = await site.run(['put', site.local('file.bin'), '--if-exists', policy], { port: proxy.port })
    expect(before).toBeGreaterThan(0)
    expect(run).toMatchObject({ code: 0 })
    expect(run.events).toContainEqual(expect.objectContaining({ event: 'done', bytes: size }))
    expect(proxy.bytes.up - before).toBeLessThan(2_000)
    expect(fs.readFileSync(site.remote('file.bin')).equals(bytes)).toBe(true)
  })

  it('is not taken for another put of the same file, which --if-exists fail refuses', async () => {
    await using site = await LocalSite.open({ threads: 2 })
    for (const size of [100, SIZE]) {
      const name = site.local(`${size}.bin`)
      fs.writeFileSync(name, randomBytes(size, 5))
      const command = ['put', name, '--if-exists', 'fail']
      expect(await site.run(command)).toMatchObject({ code: 0 })
      expect(await site.run(command)).toMatchObject({ code: 5 })
    }
  })
})
