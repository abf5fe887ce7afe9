import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { type ClientOptions, runClient, startClient } from '../support/client-process.ts'
import { MIB, randomBytes, randomNumbers } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import type { Program } from '../support/program.ts'
import { Site } from '../support/site.ts'

/** How many; `pnpm torture` kills a thousand times. */
const KILLS = Number(process.env.KILLS ?? 18)
const SIZES = [0, 65, 40_000, MIB - 1, MIB, 2 * MIB + 3, 5 * MIB, 9 * MIB + 17]
/** What a killed client may leave: a small file on its way to its name, which no later attempt continues. */
const WHOLE = /^\.[0-9a-f]{32}\.ftp\.part$/
const NAMES = SIZES.map((_, index) => `${index}.bin`)
const TOTAL = SIZES.reduce((sum, size) => sum + size, 0)
const SECONDS_FOR_ONE = 10
/** All files are under way at once, each on a connection of its own. */
const STREAMS = SIZES.length

describe('kill -9 at random moments', { timeout: KILLS * SECONDS_FOR_ONE * 1000 }, () => {
  it(`of clients, servers and handler threads in turn, ${KILLS} times: no wrong file, and little is sent twice`, async () => {
    await using processes = await Site.open()
    await using threads = await LocalSite.open()
    const random = randomNumbers(Number(process.env.SEED ?? 1))
    const resent: number[] = []
    const restarts: number[] = []
    const victims = [
      { site: processes, config: processes.config, kill: killClients },
      { site: processes, config: processes.config, kill: killServers },
      { site: threads, config: path.join(threads.home, '../config'), kill: killThreads },
    ]
    let files = 0
    for (let kills = 0, round = 0; kills < KILLS; round++) {
      const victim = victims[round % victims.length]
      if (victim === undefined) throw new Error('nobody to kill')
      const { site, config, kill } = victim
      const way = Math.floor(round / 3) % 2 === 0 ? 'up' : 'down'
      const [from, to] = way === 'up' ? [site.home, site.root] : [site.root, site.home]
      const bytes = SIZES.map((size, index) => randomBytes(size, round * 100 + index))
      for (const [index, name] of NAMES.entries()) {
        fs.rmSync(path.join(to, name), { force: true })
        fs.writeFileSync(path.join(from, name), bytes[index] ?? '')
      }
      await using proxy = await ChaosProxy.start('port' in site ? site.port : site.server.port)
      const command = way === 'up' ? 'put' : 'get'
      const done = await kill({
        processes,
        threads,
        // A get leaves what has arrived as it is only if it is told to.
        args: [command, '--if-exists', way === 'up' ? 'replace' : 'different', '-j', `${STREAMS}`, ...NAMES],
        options: { port: proxy.port, config, cwd: site.home },
        random,
        restarts,
        moment: async (client) => {
          const passed = proxy.passed(way, proxy.bytes[way] + random() * 0.6 * TOTAL)
          return await Promise.race([passed.then(() => true), client.exit.then(() => false)])
        },
      })
      kills += done
      for (const [index, name] of NAMES.entries()) {
        const arrived = fs.readFileSync(path.join(to, name))
        expect(arrived.equals(bytes[index] ?? Buffer.alloc(0)), `${name} in round ${round}`).toBe(true)
        files++
      }
      if (done > 0) resent.push(Math.max(0, proxy.bytes[way] - TOTAL) / done)
    }
    for (const { home } of [processes, threads])
      expect(fs.readdirSync(home).filter((name) => !NAMES.includes(name) && !WHOLE.test(name))).toEqual([])
    const most = percentile(resent, 1)
    console.log(
      `${KILLS} kills over ${STREAMS} streams, ${files} files moved, 0 wrong; sent again for each kill: median ` +
        `${kib(percentile(resent, 0.5))}, p99 ${kib(percentile(resent, 0.99))}, at most ${kib(most)}; ` +
        `a killed server answers again after ${Math.round(percentile(restarts, 0.5))} ms (median), ` +
        `${Math.round(percentile(restarts, 1))} ms (at most)`,
    )
    expect(most).toBeLessThan(STREAMS * 2 * MIB)
  })
})

/** One command moving all files, and where to disturb it. */
interface Transfer {
  readonly processes: Site
  readonly threads: LocalSite
  readonly args: readonly string[]
  readonly options: ClientOptions
  readonly random: () => number
  /** Gets the milliseconds from each kill of a server to the next one that listens. */
  readonly restarts: number[]
  /** Resolves with true at a random moment of it, or with false when the client has ended before. */
  readonly moment: (client: Program) => Promise<boolean>
}

/** Kills two clients, and lets the third one finish. @returns how many have been killed */
async function killClients({ args, options, moment }: Transfer): Promise<number> {
  let kills = 0
  for (let turn = 0; turn < 2; turn++) {
    await using client = startClient(args, options)
    if (!(await moment(client))) continue
    if ((await client.kill()).signal === 'SIGKILL') kills++
  }
  expect(await runClient(args, options)).toMatchObject({ code: 0 })
  return kills
}

/** Kills the server twice under one client. @returns how often it was killed */
async function killServers({ processes, args, options, moment, restarts }: Transfer): Promise<number> {
  let kills = 0
  await using client = startClient(args, options)
  for (; kills < 2 && (await moment(client)); kills++) {
    const killed = performance.now()
    await processes.restart()
    restarts.push(performance.now() - killed)
  }
  expect(await client.result()).toMatchObject({ code: 0 })
  return kills
}

/** Ends one of two handler threads, twice, under one client. @returns how often one was ended */
async function killThreads({ threads, args, options, moment, random }: Transfer): Promise<number> {
  let kills = 0
  await using client = startClient(args, options)
  for (; kills < 2 && (await moment(client)); kills++) {
    const { threads: workers } = threads.server
    await workers[Math.floor(random() * workers.length)]?.terminate()
  }
  expect(await client.result()).toMatchObject({ code: 0 })
  return kills
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`
}
