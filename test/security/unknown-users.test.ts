import type { Reply } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { TempDir } from '../support/temp-dir.ts'
import { user } from '../support/user-command.ts'

/**
 * T10: nobody learns who has an account, neither from what the server says nor from how long it takes.
 * FTP_TEST_LOGINS asks for more attempts than these.
 */
vi.setConfig({ testTimeout: 600_000 })
const ATTEMPTS = Number(process.env['FTP_TEST_LOGINS'] ?? 300)
/** Chance of taking two equal samples for different ones. */
const SIGNIFICANT = 1e-4

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none', threads: 1 })
  // As the command makes them: with the server's own iteration count.
  await user(folder.root, ['add', 'anna', '--password-stdin'], 'secret')
  await addAccount(folder.root, 'otto', { enabled: false })
})
afterAll(() => folder[Symbol.asyncDispose]())

interface Attempt {
  readonly replies: readonly Reply[]
  /** From the login to the challenge, and from the response to the refusal. */
  readonly ms: readonly [number, number]
}

/** A whole attempt with a wrong proof. */
async function attempt(name: string, of = folder): Promise<Attempt> {
  await using client = await RawClient.connect(of.server)
  client.hello()
  await client.take('welcome')
  const began = performance.now()
  client.request({ type: 'login', mechanism: 'SCRAM-SHA-256', message: `n,,n=${name},r=0123456789abcdef` })
  const { reply } = await client.take('challenge')
  const challenged = performance.now()
  const nonce = /r=([^,]*)/.exec(reply.message)?.[1]
  const proof = Buffer.alloc(32, 1).toString('base64')
  client.send({ id: 2, type: 'response', message: `c=biws,r=${nonce},p=${proof}` })
  const error = await client.take('error')
  const ms = [challenged - began, performance.now() - challenged] as const
  return { replies: [reply, error.reply, ...(await client.rest()).map((received) => received.reply)], ms }
}

function saltOf({ replies: [reply] }: Attempt): string | undefined {
  return reply?.type === 'challenge' ? /s=([^,]*)/.exec(reply.message)?.[1] : undefined
}

/** What must be equal for all users: everything but nonce and salt, of which the lengths. */
function shapeOf({ replies }: Attempt): unknown {
  return replies.map((reply) =>
    reply.type === 'challenge'
      ? reply.message.replace(/(?<=[rs]=)[^,]*/g, (value) => String(value.length))
      : reply,
  )
}

describe('who has no account', () => {
  it('is asked for the same proof, with the same salt each time, and refused in the same words', async () => {
    const known = await attempt('anna')
    const names = ['ghost', 'Ghost', 'x'.repeat(200), 'root', 'no body', '../etc', 'ä', 'anonymous']
    for (const name of names) {
      const [one, two] = [await attempt(name), await attempt(name)]
      expect(shapeOf(one), name).toEqual(shapeOf(known))
      expect(saltOf(one), name).toBe(saltOf(two))
    }
    expect(saltOf(await attempt('ghost'))).toBe(saltOf(await attempt('GHOST')))
    expect(saltOf(await attempt('anna'))).toBe(saltOf(await attempt('ANNA')))
    const salts = [...names.slice(1), 'anna'].map(async (name) => saltOf(await attempt(name)))
    expect(new Set(await Promise.all(salts)).size).toBe(names.length)
  })

  it('has the same salt when the server has been started again, and another one at another server', async () => {
    using root = new TempDir()
    const options = { anonymous: 'none', root: root.path, threads: 1 } as const
    const seen: unknown[] = []
    for (let start = 0; start < 2; start++) {
      await using again = await ServedFolder.start(options)
      seen.push(saltOf(await attempt('ghost', again)))
    }
    expect(seen[0]).toMatch(/^[A-Za-z0-9+/]{22}==$/)
    expect(seen[1]).toBe(seen[0])
    expect(saltOf(await attempt('ghost'))).not.toBe(seen[0])
  })

  it(`takes as long as who has one: ${ATTEMPTS} attempts of each, mixed`, async () => {
    await attempt('anna')
    await attempt('ghost')
    const times = { anna: [[], []] as [number[], number[]], ghost: [[], []] as [number[], number[]] }
    for (let i = 0; i < ATTEMPTS; i++) {
      for (const name of Math.random() < 0.5 ? (['anna', 'ghost'] as const) : (['ghost', 'anna'] as const)) {
        const { ms } = await attempt(name)
        times[name][0].push(ms[0])
        times[name][1].push(ms[1])
      }
    }
    for (const phase of [0, 1] as const)
      expect(chanceThatEqual(times.anna[phase], times.ghost[phase])).toBeGreaterThan(SIGNIFICANT)
  })
})

/** The Mann-Whitney U test, two-sided: how likely samples of the same distribution differ like this. */
function chanceThatEqual(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, ofA: true })), ...b.map((value) => ({ value, ofA: false }))]
  all.sort((one, other) => one.value - other.value)
  const rankSum = all.reduce((sum, { ofA }, index) => sum + (ofA ? index + 1 : 0), 0)
  const u = rankSum - (a.length * (a.length + 1)) / 2
  const mean = (a.length * b.length) / 2
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12)
  return 2 * (1 - normal(Math.abs(u - mean) / deviation))
}

/** The standard normal distribution function (Abramowitz and Stegun 26.2.17), to about 1e-7. */
function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * x)
  const polynomial =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * polynomial
}

it('the test of times tells different ones apart', () => {
  const sample = (shift: number): number[] => Array.from({ length: 300 }, () => Math.random() + shift)
  expect(chanceThatEqual(sample(0), sample(0.2))).toBeLessThan(SIGNIFICANT)
  expect(chanceThatEqual(sample(0), sample(0))).toBeGreaterThan(1e-6)
})
