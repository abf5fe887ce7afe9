import fs from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ChaosProxy, type Plan } from '../support/chaos-proxy.ts'
import { MIB, writeRandom } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

/** With whole blocks and an end; and one of whole blocks only. */
const SIZE = 24 * MIB + 1000
const STREAMS = 3

let site: LocalSite
let bytes: Buffer
let target: string
beforeAll(async () => {
  site = await LocalSite.open()
  bytes = writeRandom(`${site.root}/big`, SIZE, 1)
  target = `${site.home}/big`
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => fs.rmSync(target, { force: true }))

/** Fetches the file over several connections through a proxy; the first of its connections asks for the chain. */
async function get(planOf: (connection: number) => Plan): Promise<ChaosProxy> {
  const proxy = await ChaosProxy.start(site.server.port, planOf)
  const { code, text } = await site.run(command(), { port: proxy.port })
  expect(code, text).toBe(0)
  return proxy
}

function command(): string[] {
  return ['get', 'big', '-o', target, '--streams', String(STREAMS)]
}

function expectRight(): void {
  expect(fs.readFileSync(target).equals(bytes)).toBe(true)
}

it('a file that several connections share arrives once, and is the same', async () => {
  const got = new Map<number, number>()
  await using proxy = await get((connection) => ({
    watch: (direction, { length }) => {
      if (direction === 'down') got.set(connection, (got.get(connection) ?? 0) + length)
    },
  }))
  expectRight()
  expect(proxy.connections).toBe(1 + STREAMS)
  expect(proxy.bytes.down).toBeLessThan(SIZE + 100_000)
  for (let stream = 1; stream <= STREAMS; stream++) expect(got.get(stream)).toBeGreaterThan(MIB)
})

it('a file of whole blocks is proven to its end', async () => {
  const whole = writeRandom(`${site.root}/whole`, 8 * MIB, 2)
  const { code } = await site.run(['get', 'whole', '-o', target, '--streams', '2'])
  expect(code).toBe(0)
  expect(fs.readFileSync(target).equals(whole)).toBe(true)
})

it('a connection that is cut costs what it had under way; the others go on', async () => {
  await using proxy = await get((connection) => (connection === 2 ? { down: { cutAfter: 3 * MIB } } : {}))
  expectRight()
  expect(proxy.bytes.down).toBeLessThan(SIZE + 5 * MIB)
})

it('a slow connection holds up no more than the few blocks it was asked for', async () => {
  const got = { slow: 0 }
  await using _proxy = await get((connection) =>
    connection === 1
      ? {
          down: { bytesPerSecond: 6 * MIB },
          watch: (direction, { length }) => {
            if (direction === 'down') got.slow += length
          },
        }
      : {},
  )
  expectRight()
  expect(got.slow).toBeLessThan(SIZE / 2)
})

it('P-9.11: after an interruption only what is missing comes, wherever it is', async () => {
  const interrupt = new AbortController()
  // One connection stands still from its first blocks on, so there are holes behind which others have gone on.
  await using first = await ChaosProxy.start(site.server.port, (connection) => {
    if (connection === 1) return { down: { stallAfter: MIB / 2 } }
    return {}
  })
  const running = site.run(command(), { port: first.port, signal: interrupt.signal })
  await first.passed('down', 14 * MIB)
  interrupt.abort(new Error('interrupted'))
  expect((await running).code).not.toBe(0)
  await using second = await get(() => ({}))
  expectRight()
  // Of what had passed at least all but what was under way on each connection is kept.
  expect(second.bytes.down).toBeLessThan(SIZE - 14 * MIB + STREAMS * 3 * MIB)
})

it('a damaged block comes again, alone', async () => {
  await using proxy = await get((connection) =>
    connection === 1 ? { down: { flip: [(MIB + 5000) * 8 + 3] } } : {},
  )
  expectRight()
  expect(proxy.bytes.down - SIZE).toBeLessThan(MIB + 100_000)
})

it('a file that changes on the server is begun again, and what arrives is the new one', async () => {
  const changed = Buffer.from(bytes)
  changed.fill(7, 10 * MIB, 11 * MIB)
  let isChanged = false
  await using _proxy = await get((connection) => ({
    watch: (direction) => {
      if (direction === 'up' || connection !== 2 || isChanged) return
      isChanged = true
      fs.writeFileSync(`${site.root}/new`, changed)
      fs.renameSync(`${site.root}/new`, `${site.root}/big`)
    },
  }))
  expect(fs.readFileSync(target).equals(changed)).toBe(true)
  fs.writeFileSync(`${site.root}/big`, bytes)
})
