import { beforeAll, describe, expect, it } from 'vitest'
import { type Outcome, runHistory } from './history.ts'
import { linesThatSync, watchSyncs } from './sync-sites.ts'

/** How many disks are looked at; `pnpm torture` looks at a million. */
const STATES = Number(process.env.STATES ?? 20_000)
const SEED = Number(process.env.SEED ?? 1)
/** Histories in which every place that syncs is met. */
const HISTORIES_FOR_SITES = 40
/** Disks in which a missing sync must show. */
const STATES_FOR_MUTANT = 200_000
const TIMEOUT_MS = 300_000 + STATES

it(
  'whenever the power is cut, what was told is there, and every name shows one complete version',
  async () => {
    let states = 0
    let seed = SEED
    for (; states < STATES; seed++) {
      const outcome = await runHistory(seed, (disk) => disk)
      expect(outcome.violation).toBeUndefined()
      states += outcome.states
    }
    console.log(`${seed - SEED} histories, ${states} power cuts, 0 promises broken`)
  },
  TIMEOUT_MS,
)

describe('every sync is needed', () => {
  const sites = new Set<string>()

  beforeAll(async () => {
    for (let seed = 1; seed <= HISTORIES_FOR_SITES; seed++)
      await runHistory(seed, (disk) => watchSyncs(disk, (site) => sites.add(site)))
  }, TIMEOUT_MS)

  it('every line that syncs is met', () => {
    const met = new Set([...sites].flatMap((site) => site.split(' < ')))
    expect(linesThatSync().filter((line) => !met.has(line))).toEqual([])
  })

  it(
    'without any one of them a promise is broken',
    async () => {
      const survivors: string[] = []
      for (const site of sites) {
        let outcome: Outcome = { states: 0, violation: undefined }
        let states = 0
        for (let seed = 1; states < STATES_FOR_MUTANT && outcome.violation === undefined; seed++) {
          outcome = await runHistory(seed, (disk) => watchSyncs(disk, () => {}, site))
          states += outcome.states
        }
        console.log(`without ${site}: found after ${states} power cuts`)
        if (outcome.violation === undefined) survivors.push(site)
      }
      expect(survivors).toEqual([])
    },
    TIMEOUT_MS * 5,
  )
})
