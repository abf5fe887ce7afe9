import { afterAll, beforeAll, expect, it } from 'vitest'
import { randomNumbers } from '../support/files.ts'
import { attemptLogin } from '../support/login-attempt.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { user } from '../support/user-command.ts'

/** T10: nobody learns from how long the server takes who has an account. FTP_TEST_LOGINS asks for more attempts. */
const ATTEMPTS = Number(process.env['FTP_TEST_LOGINS'] ?? 300)
/** Chance of taking two equal samples for different ones. */
const SIGNIFICANT = 1e-4
/** Samples that must all be different: a difference that is there shows each time, one of chance does not. */
const SAMPLES = 3

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none' })
  // As the command makes them: with the server's own iteration count.
  await user(folder.root, ['add', 'anna', '--password-stdin'], 'secret words')
})
afterAll(() => folder[Symbol.asyncDispose]())

/** @returns for each of two phases how likely the two names take equally long */
async function compare(random: () => number): Promise<number[]> {
  const times = { anna: [[], []] as [number[], number[]], ghost: [[], []] as [number[], number[]] }
  for (let i = 0; i < ATTEMPTS; i++) {
    for (const name of random() < 0.5 ? (['anna', 'ghost'] as const) : (['ghost', 'anna'] as const)) {
      const { ms } = await attemptLogin(folder, name)
      times[name][0].push(ms[0])
      times[name][1].push(ms[1])
    }
  }
  return ([0, 1] as const).map((phase) => chanceThatEqual(times.anna[phase], times.ghost[phase]))
}

it(`who has no account is refused as late as who has one: ${ATTEMPTS} attempts of each, mixed`, {
  timeout: 600_000,
}, async () => {
  await attemptLogin(folder, 'anna')
  await attemptLogin(folder, 'ghost')
  const random = randomNumbers(2)
  const chances: number[][] = []
  do chances.push(await compare(random))
  while (chances.length < SAMPLES && Math.min(...(chances.at(-1) ?? [])) <= SIGNIFICANT)
  expect(Math.min(...(chances.at(-1) ?? [])), JSON.stringify(chances)).toBeGreaterThan(SIGNIFICANT)
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
  const random = randomNumbers(1)
  const sample = (shift: number): number[] => Array.from({ length: 300 }, () => random() + shift)
  expect(chanceThatEqual(sample(0), sample(0.2))).toBeLessThan(SIGNIFICANT)
  expect(chanceThatEqual(sample(0), sample(0))).toBeGreaterThan(1e-6)
})
