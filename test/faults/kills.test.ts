import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, randomBytes, randomNumbers } from '../support/files.ts'
import type { Program } from '../support/program.ts'
import { Site } from '../support/site.ts'

/** How many; a night's worth is `KILLS=200`. */
const KILLS = Number(process.env.KILLS ?? 24)
const SIZES = [0, 65, 40_000, MIB - 1, MIB, 2 * MIB + 3, 5 * MIB, 9 * MIB + 17]
const NAMES = SIZES.map((_, index) => `${index}.bin`)
const TOTAL = SIZES.reduce((sum, size) => sum + size, 0)
const SECONDS_FOR_ONE = 10

describe('kill -9 at random moments', { timeout: KILLS * SECONDS_FOR_ONE * 1000 }, () => {
  it(`of client and server in turn, ${KILLS} times: no wrong file, and little is sent twice`, async () => {
    await using site = await Site.open()
    const random = randomNumbers(Number(process.env.SEED ?? 1))
    const resent: number[] = []
    for (let kill = 0, round = 0; kill < KILLS; round++) {
      const way = round % 4 < 2 ? 'up' : 'down'
      const [from, to] = way === 'up' ? [site.home, site.root] : [site.root, site.home]
      const bytes = SIZES.map((size, index) => randomBytes(size, round * 100 + index))
      for (const [index, name] of NAMES.entries()) {
        fs.rmSync(path.join(to, name), { force: true })
        fs.writeFileSync(path.join(from, name), bytes[index] ?? '')
      }
      await using proxy = await ChaosProxy.start(site.port)
      const kills = await (round % 2 === 0 ? killClients : killServers)({
        site,
        proxy,
        // A get leaves what has arrived as it is only if it is told to.
        args: way === 'up' ? ['put', ...NAMES] : ['get', '--if-exists', 'different', ...NAMES],
        moment: async (client) => {
          const passed = proxy.passed(way, proxy.bytes[way] + random() * 0.6 * TOTAL)
          return await Promise.race([passed.then(() => true), client.exit.then(() => false)])
        },
      })
      kill += kills
      for (const [index, name] of NAMES.entries()) {
        const arrived = fs.readFileSync(path.join(to, name))
        expect(arrived.equals(bytes[index] ?? Buffer.alloc(0)), `${name} in round ${round}`).toBe(true)
      }
      if (kills > 0) resent.push((proxy.bytes[way] - TOTAL) / kills)
    }
    const leftOver = fs.readdirSync(site.home).filter((name) => !NAMES.includes(name))
    expect(leftOver).toEqual([])
    resent.sort((one, other) => one - other)
    const [median, most] = [resent[resent.length >> 1] ?? 0, resent.at(-1) ?? 0]
    console.log(
      `${KILLS} kills, 0 wrong files; sent again for each: median ${kib(median)}, at most ${kib(most)}`,
    )
    // Four files are under way at once.
    expect(most).toBeLessThan(4 * 2 * MIB)
  })
})

/** One command moving all files, and where to disturb it. */
interface Transfer {
  readonly site: Site
  readonly proxy: ChaosProxy
  readonly args: readonly string[]
  /** Resolves with true at a random moment of it, or with false when the client has ended before. */
  readonly moment: (client: Program) => Promise<boolean>
}

/** Kills two clients, and lets the third one finish. @returns how many have been killed */
async function killClients({ site, proxy, args, moment }: Transfer): Promise<number> {
  let kills = 0
  for (let turn = 0; turn < 2; turn++) {
    await using client = site.start(args, { port: proxy.port })
    if (!(await moment(client))) continue
    if ((await client.kill()).signal === 'SIGKILL') kills++
  }
  expect(await site.run(args, { port: proxy.port })).toMatchObject({ code: 0 })
  return kills
}

/** Kills the server twice under one client. @returns how often it was killed */
async function killServers({ site, proxy, args, moment }: Transfer): Promise<number> {
  let kills = 0
  await using client = site.start(args, { port: proxy.port })
  for (; kills < 2 && (await moment(client)); kills++) await site.restart()
  expect(await client.result()).toMatchObject({ code: 0 })
  return kills
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`
}
