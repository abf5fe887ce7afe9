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
      const command = round % 4 < 2 ? 'put' : 'get'
      const [from, to] = command === 'put' ? [site.home, site.root] : [site.root, site.home]
      const bytes = SIZES.map((size, index) => randomBytes(size, round * 100 + index))
      for (const [index, name] of NAMES.entries()) {
        fs.rmSync(path.join(to, name), { force: true })
        fs.writeFileSync(path.join(from, name), bytes[index] ?? '')
      }
      await using proxy = await ChaosProxy.start(site.port)
      const kills = await moveWithKills(site, proxy, command, round % 2 === 0 ? 'client' : 'server', random)
      kill += kills
      for (const [index, name] of NAMES.entries()) {
        const arrived = fs.readFileSync(path.join(to, name))
        expect(arrived.equals(bytes[index] ?? Buffer.alloc(0)), `${name} in round ${round}`).toBe(true)
      }
      if (kills > 0) resent.push((proxy.bytes[command === 'put' ? 'up' : 'down'] - TOTAL) / kills)
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

/** Moves all files, killing one side at a random place, or two. @returns how many kills there were */
async function moveWithKills(
  site: Site,
  proxy: ChaosProxy,
  command: 'put' | 'get',
  victim: 'client' | 'server',
  random: () => number,
): Promise<number> {
  const way = command === 'put' ? 'up' : 'down'
  let kills = 0
  for (let attempt = 0; ; attempt++) {
    // `get` would skip nothing by itself: only what is missing is asked for again.
    const to = command === 'put' ? site.root : site.home
    const names = NAMES.filter((name) => !fs.existsSync(path.join(to, name)))
    await using client = site.start([command, ...names], { port: proxy.port })
    if (attempt < 2) {
      const target = proxy.bytes[way] + Math.floor(random() * TOTAL * 0.9)
      await reached(proxy, way, target, client)
      kills++
      if (victim === 'server') await site.restart()
      else if ((await client.kill()).signal === null) kills--
    }
    const { code } = await client.exit
    if (code === 0) return kills
    if (code !== null) throw new Error(`exit code ${code}: ${client.stdout}${client.stderr}`)
  }
}

/** Waits for so many bytes through the proxy, or for the end of the client. */
async function reached(proxy: ChaosProxy, way: 'up' | 'down', bytes: number, client: Program): Promise<void> {
  await Promise.race([proxy.passed(way, bytes), client.exit])
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`
}
