import fs from 'node:fs'
import { expect, it } from 'vitest'
import { MIB, md5Of, randomBytes, randomNumbers } from '../../../../test/support/files.ts'
import { Program } from '../../../../test/support/program.ts'
import { TempDir } from '../../../../test/support/temp-dir.ts'

/** How many; `pnpm torture` kills two hundred times. */
const KILLS = Number(process.env.STORE_KILLS ?? 8)
const SEED = Number(process.env.SEED ?? 1)
const SIZE = 24 * MIB + 12_345

it(`kill -9 while a file is stored, ${KILLS} times (SEED=${SEED}): nothing wrong under a name, and little is sent twice`, async () => {
  const random = randomNumbers(SEED)
  let [kills, files, lost] = [0, 0, 0]
  while (kills < KILLS) {
    using folder = new TempDir()
    const bytes = randomBytes(SIZE, files)
    let id: string | undefined
    let reached = 0
    for (let isStored = false; !isStored; ) {
      const given = [folder.path, String(SIZE), String(files), ...(id === undefined ? [] : [id])]
      await using server = new Program('apps/server/src/share/store-process.contract.ts', given, {})
      const first = await server.until(() => server.events[0])
      const offset = Number(first.offset ?? SIZE)
      lost += Math.max(0, reached - offset)
      id = String(first.id ?? id)
      if (kills < KILLS) {
        // Anywhere, and now and then in the commit.
        const target = random() < 0.2 ? Infinity : offset + random() * SIZE * 0.4
        const isThere = ({ event, at }: (typeof server.events)[number]): boolean =>
          event === 'committing' || event === 'stored' || Number(at) >= target
        await server.until(() => server.events.find(isThere))
        await server.kill()
        kills++
      } else await server.exit
      reached = Math.max(offset, ...server.events.map(({ at }) => Number(at ?? 0)))
      const name = folder.at('root', 'f')
      // A file that has its name is complete, even if the server could not say so any more.
      isStored = fs.existsSync(name)
      if (isStored) expect(md5Of(fs.readFileSync(name))).toBe(md5Of(bytes))
      else expect(server.events.map(({ event }) => event)).not.toContain('stored')
    }
    files++
  }
  expect(kills).toBe(KILLS)
  // A twentieth of a second is lost at each kill, and what was on its way.
  expect(lost / KILLS).toBeLessThan(8 * MIB)
})
