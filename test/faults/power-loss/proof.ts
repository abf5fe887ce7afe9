import { beforeAll, describe, expect, it } from 'vitest'
import type { Side } from './deed.ts'
import { type Outcome, runHistory } from './history.ts'
import { SyncSites } from './sync-sites.ts'

const SEED = Number(process.env.SEED ?? 1)
/** Histories in which every place that syncs is met. */
const HISTORIES_FOR_SITES = 40
/** Disks in which a missing sync must show. */
const STATES_FOR_MUTANT = 200_000

/**
 * Tests that a side keeps its promises whenever the power is cut, and that it needs every sync for that.
 * @param states how many disks are looked at; `pnpm torture` looks at a million
 */
export function provePowerLoss<Files extends Disposable>(side: Side<Files>, states: number): void {
  const wanted = Number(process.env.STATES ?? states)
  const timeout = 300_000 + wanted

  it('whenever the power is cut, what was told is there, and every name shows one complete version', {
    timeout,
  }, async () => {
    let looked = 0
    let seed = SEED
    for (; looked < wanted; seed++) {
      const outcome = await runHistory(side, seed, (disk) => disk)
      expect(outcome.violation).toBeUndefined()
      looked += outcome.states
    }
    console.log(`${seed - SEED} histories, ${looked} power cuts, 0 promises broken`)
  })

  describe('every sync is needed', () => {
    const code = new SyncSites(side.code)
    const sites = new Set<string>()

    beforeAll(async () => {
      for (let seed = 1; seed <= HISTORIES_FOR_SITES; seed++)
        await runHistory(side, seed, (disk) => code.watch(disk, (site) => sites.add(site)))
    }, timeout)

    it('every line that syncs is met', () => {
      const met = new Set([...sites].flatMap((site) => site.split(' < ')))
      expect(code.lines.filter((line) => !met.has(line))).toEqual([])
    })

    it('without any one of them a promise is broken', { timeout: timeout * 5 }, async () => {
      const survivors: string[] = []
      for (const site of sites) {
        let outcome: Outcome = { states: 0, violation: undefined }
        let looked = 0
        for (let seed = 1; looked < STATES_FOR_MUTANT && outcome.violation === undefined; seed++) {
          outcome = await runHistory(side, seed, (disk) => code.watch(disk, () => {}, site))
          looked += outcome.states
        }
        console.log(`without ${site}: found after ${looked} power cuts`)
        if (outcome.violation === undefined) survivors.push(site)
      }
      expect(survivors).toEqual([])
    })
  })
}
