import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MIB, serverPartials, writeRandom } from '../support/files.ts'
import { MOVES } from '../support/moves.ts'
import type { Result } from '../support/program.ts'
import { Site } from '../support/site.ts'
import { clientPartials, HELD, OVERHEAD, stalledTransfer } from '../support/stalled-transfer.ts'

const SIZE = 6 * MIB + 17

describe.each(MOVES)('A $name, killed in the middle', (move) => {
  it('continues when the same command is run again after kill -9 of the client', async () => {
    await using site = await Site.open({ threads: 2 })
    const bytes = writeRandom(move.source(site), SIZE, 1)
    await using proxy = await stalledTransfer(move, site, () => site.port)

    await using first = site.start(move.command(site), { port: proxy.port })
    await proxy.held()
    expect(await first.kill()).toEqual({ code: null, signal: 'SIGKILL' })
    expect(fs.existsSync(move.target(site))).toBe(false)
    proxy.cut()

    const second = await site.run(move.command(site), { port: proxy.port })
    expect(second).toMatchObject({ code: 0, stderr: '' })
    expect(resumedAt(second)).toBeGreaterThanOrEqual(HELD)
    expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
    expect(proxy.sentLater()).toBeLessThan(SIZE - HELD + OVERHEAD)
    expect([...serverPartials(site.root), ...clientPartials(site)]).toEqual([])
  })

  it('finishes by itself when the server is back after kill -9', async () => {
    await using site = await Site.open({ threads: 2 })
    const bytes = writeRandom(move.source(site), SIZE, 2)
    await using proxy = await stalledTransfer(move, site, () => site.port)

    await using client = site.start(move.command(site), { port: proxy.port })
    await proxy.held()
    await site.server.kill()
    proxy.cut()
    await client.event('retry')
    expect(fs.existsSync(move.target(site))).toBe(false)
    await site.restart()

    expect(await client.result()).toMatchObject({ code: 0, stderr: '' })
    expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
    expect(proxy.sentLater()).toBeLessThan(SIZE - HELD + OVERHEAD)
  })

  it('keeps what it has when interrupted with Ctrl-C, ends with 130, and continues', async () => {
    await using site = await Site.open({ threads: 2 })
    const bytes = writeRandom(move.source(site), SIZE, 3)
    await using proxy = await stalledTransfer(move, site, () => site.port)

    await using first = site.start(move.command(site), { port: proxy.port, global: [] })
    await proxy.held()
    expect(await first.kill('SIGINT')).toEqual({ code: 130, signal: null })
    expect(first.stderr).toContain('run the same command again to continue')
    expect(fs.existsSync(move.target(site))).toBe(false)
    proxy.cut()

    const second = await site.run(move.command(site), { port: proxy.port })
    expect(second.code).toBe(0)
    expect(resumedAt(second)).toBeGreaterThanOrEqual(HELD)
    expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
  })

  it('gives up after --retry-for, with exit code 6 and how to continue', async () => {
    await using site = await Site.open({ threads: 2 })
    const bytes = writeRandom(move.source(site), SIZE, 4)
    await using proxy = await stalledTransfer(move, site, () => site.port)

    await using client = site.start(move.command(site), { port: proxy.port, global: ['--retry-for', '1s'] })
    await proxy.held()
    await site.server.kill()
    proxy.cut()
    expect(await client.exit).toEqual({ code: 6, signal: null })
    expect(client.stderr).toMatch(/gave up after trying for 1 s\. Run the same command again to continue/)
    expect(fs.existsSync(move.target(site))).toBe(false)

    await site.restart()
    const again = await site.run(move.command(site))
    expect(again.code).toBe(0)
    expect(resumedAt(again)).toBeGreaterThanOrEqual(HELD)
    expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
  })
})

function resumedAt({ events }: Result): unknown {
  return events.find(({ event }) => event === 'resume')?.bytes
}
