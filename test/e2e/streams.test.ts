import fs from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ChaosProxy, type Plan } from '../support/chaos-proxy.ts'
import { until } from '../support/deadline.ts'
import { MIB, writeRandom } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

/** With whole blocks and an end; and one of whole blocks only. */
const SIZE = 24 * MIB + 1000
const STREAMS = 3

let site: LocalSite
let bytes: Buffer
let target: string
beforeAll(async () => {
  site = await LocalSite.open({ threads: 2 })
  bytes = writeRandom(`${site.root}/big`, SIZE, 1)
  target = `${site.home}/big`
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => fs.rmSync(target, { force: true }))

/** Bytes that one stream is asked for at a time: two runs of four blocks. */
const ASKED_AT_ONCE = 8 * MIB
/** What the streams that are not disturbed have fetched when they stand still. */
const HELD = 1.2 * MIB

/**
 * Fetches the file over several connections through a proxy; the first of its connections asks for the chain. Each
 * stream without a plan of its own stands still early on: which of them is the fastest decides nothing.
 * @param ready resolves when they may go on
 */
async function get(
  planOf: (connection: number) => Plan | undefined,
  ready: (proxy: ChaosProxy) => Promise<unknown> = async () => {},
): Promise<ChaosProxy> {
  let isHeld = true
  const proxy = await ChaosProxy.start(site.server.port, (connection) => {
    if (connection === 0 || !isHeld) return {}
    return planOf(connection) ?? { down: { stallAfter: HELD } }
  })
  const running = site.run(command(), { port: proxy.port })
  await ready(proxy)
  isHeld = false
  proxy.release()
  const { code, text } = await running
  expect(code, text).toBe(0)
  return proxy
}

/** A plan that watches a stream, and what resolves when so many bytes of it have come. */
function watched(bytes: number, plan: Plan = {}): { plan: Plan; came: () => Promise<unknown> } {
  let count = 0
  const watch: Plan['watch'] = (direction, { length }) => {
    if (direction === 'down') count += length
  }
  return { plan: { ...plan, watch }, came: () => until(`${bytes} bytes of it`, () => count >= bytes) }
}

function command(): string[] {
  return ['get', 'big', '-o', target, '--streams', String(STREAMS)]
}

/** How many bytes of the partial file have been written, without its holes. */
function heldBytes(): number {
  return (fs.statSync(`${target}.ftp.part`, { throwIfNoEntry: false })?.blocks ?? 0) * 512
}

function expectRight(): void {
  expect(fs.readFileSync(target).equals(bytes)).toBe(true)
}

it('a file that several connections share arrives once, and is the same', async () => {
  // All of them have their part of it before any may finish.
  await using proxy = await get(
    () => undefined,
    (proxy) => until('all streams', () => proxy.stalls === STREAMS),
  )
  expectRight()
  expect(proxy.connections).toBe(1 + STREAMS)
  expect(proxy.bytes.down).toBeLessThan(SIZE + 100_000)
})

it('a file of whole blocks is proven to its end', async () => {
  const whole = writeRandom(`${site.root}/whole`, 8 * MIB, 2)
  const { code } = await site.run(['get', 'whole', '-o', target, '--streams', '2'])
  expect(code).toBe(0)
  expect(fs.readFileSync(target).equals(whole)).toBe(true)
})

it('a connection that is cut costs what it had under way; the others go on', async () => {
  const cut = watched(3 * MIB, { down: { cutAfter: 3 * MIB } })
  await using proxy = await get((connection) => (connection === 2 ? cut.plan : undefined), cut.came)
  expectRight()
  // Of what it had been asked for at a time, it may have sent all.
  expect(proxy.bytes.down).toBeLessThan(SIZE + ASKED_AT_ONCE + 100_000)
})

it('a connection that stands still holds up no more than the few blocks it was asked for', async () => {
  await using proxy = await get(
    (connection) => (connection === 1 ? { down: { stallAfter: MIB / 2 } } : {}),
    // All the rest has come past it.
    (proxy) => proxy.passed('down', SIZE - ASKED_AT_ONCE),
  )
  expectRight()
  expect(proxy.connections).toBe(1 + STREAMS)
})

it('P-9.11: after an interruption only what is missing comes, wherever it is', async () => {
  const interrupt = new AbortController()
  // One connection stands still from its first blocks on, so there are holes behind which others have gone on.
  await using first = await ChaosProxy.start(site.server.port, (connection) => {
    if (connection === 1) return { down: { stallAfter: MIB / 2 } }
    return {}
  })
  const running = site.run(command(), { port: first.port, signal: interrupt.signal })
  const kept = 12 * MIB
  await until('blocks on the disk', () => heldBytes() >= kept)
  interrupt.abort(new Error('interrupted'))
  expect((await running).code).not.toBe(0)
  await using second = await get(() => ({}))
  expectRight()
  // What is on the disk stays; on each connection, a block may have been written in part.
  expect(second.bytes.down).toBeLessThan(SIZE - kept + STREAMS * MIB + 100_000)
})

it('a damaged block comes again, alone', async () => {
  const damaged = watched(2 * MIB, { down: { flip: [(MIB + 5000) * 8 + 3] } })
  await using proxy = await get((connection) => (connection === 1 ? damaged.plan : undefined), damaged.came)
  expectRight()
  expect(proxy.bytes.down - SIZE).toBeGreaterThan(MIB / 2)
  expect(proxy.bytes.down - SIZE).toBeLessThan(MIB + 100_000)
})

it('a file that changes on the server is begun again, and what arrives is the new one', async () => {
  const changed = Buffer.from(bytes)
  changed.fill(7, 10 * MIB, 11 * MIB)
  await using _proxy = await get(
    () => undefined,
    async ({ stalled }) => {
      await stalled
      fs.writeFileSync(`${site.root}/new`, changed)
      fs.renameSync(`${site.root}/new`, `${site.root}/big`)
    },
  )
  expect(fs.readFileSync(target).equals(changed)).toBe(true)
  fs.writeFileSync(`${site.root}/big`, bytes)
})
