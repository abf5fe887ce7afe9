import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChaosProxy, type Plan } from '../support/chaos-proxy.ts'
import { until } from '../support/deadline.ts'
import { MIB, serverPartials, writeRandom } from '../support/files.ts'
import { MOVES, type Move } from '../support/moves.ts'
import type { Result } from '../support/program.ts'
import { Site } from '../support/site.ts'

const SIZE = 6 * MIB + 17
/** Where the first connection stalls, and the whole blocks that have arrived then. */
const STALL = 3.5 * MIB
const HELD = 3 * MIB
/** What headers and handshakes take on top. */
const OVERHEAD = 65_536

describe.each(MOVES)('A $name, killed in the middle', (move) => {
  it('continues when the same command is run again after kill -9 of the client', async () => {
    await using site = await Site.open({ threads: 2 })
    const bytes = writeRandom(move.source(site), SIZE, 1)
    await using proxy = await stalled(site, move)

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
    await using proxy = await stalled(site, move)

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
    await using proxy = await stalled(site, move)

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
    await using proxy = await stalled(site, move)

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

/** A proxy whose first connection stalls. */
interface Stalled extends AsyncDisposable {
  readonly port: number
  /** Resolves when the receiver has written all whole blocks that have arrived. */
  readonly held: () => Promise<unknown>
  /** Ends all connections: what they hold is lost. */
  readonly cut: () => void
  /** How many bytes in the direction of the file the later connections have brought. */
  readonly sentLater: () => number
}

async function stalled(site: Site, move: Move): Promise<Stalled> {
  let sentLater = 0
  const watch: Plan['watch'] = (direction, { length }) => {
    if (direction === move.direction) sentLater += length
  }
  const proxy = await ChaosProxy.start(
    () => site.port,
    (connection) => (connection === 0 ? { [move.direction]: { stallAfter: STALL } } : { watch }),
  )
  const partials = (): string[] =>
    move.direction === 'up' ? serverPartials(site.root) : clientPartials(site)
  return {
    port: proxy.port,
    held: () => until('whole blocks', () => partials().some((file) => fs.statSync(file).size >= HELD)),
    cut: () => proxy.cut(),
    sentLater: () => sentLater,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  }
}

function resumedAt({ events }: Result): unknown {
  return events.find(({ event }) => event === 'resume')?.bytes
}

function clientPartials({ home }: Site): string[] {
  const names = fs.readdirSync(home).filter((name) => name.includes('.ftp.'))
  return names.map((name) => path.join(home, name))
}
