import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { type ClientOptions, runClient, startClient } from '../support/client-process.ts'
import { MIB, randomBytes, randomNumbers, serverPartials } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import type { Program } from '../support/program.ts'
import { RawClient } from '../support/raw-client.ts'
import { Site } from '../support/site.ts'
import { spread } from '../support/spread.ts'
import { clientPartials, OVERHEAD } from '../support/stalled-transfer.ts'

/** How many; `pnpm torture` kills a thousand times. */
const KILLS = Number(process.env.KILLS ?? 18)
const SEED = Number(process.env.SEED ?? 1)
const SIZES = [0, 65, 40_000, MIB - 1, MIB, 2 * MIB + 3, 5 * MIB, 9 * MIB + 17]
const NAMES = SIZES.map((_, index) => `${index}.bin`)
const TOTAL = SIZES.reduce((sum, size) => sum + size, 0)
/** So many for each command that is to move all files. */
const KILLS_OF_ONE = 4
/** Bytes that a server has sent when it has let in one client at least, of as many as there are streams. */
const LOGGED_IN = 2_500
const SECONDS_FOR_ONE = 10
/** All files are under way at once, each on a connection of its own. */
const STREAMS = SIZES.length
/** What is left of a command must not be through before a thread is replaced. */
const SLOW = { bytesPerSecond: 4 * MIB }
const TELL_EVERY = 100

describe('kill -9 at random moments', { timeout: 300_000 + KILLS * SECONDS_FOR_ONE * 1_000 }, () => {
  it(`of clients, servers and handler threads in turn, ${KILLS} times (SEED=${SEED}): no wrong file, and nothing that has been written is sent again`, async () => {
    await using processes = await Site.open({ threads: 2 })
    await using threads = await LocalSite.open({ threads: 2 })
    const random = randomNumbers(SEED)
    const figures: Figures = { resent: [], restarts: [], replacements: [] }
    const victims = [
      { name: 'clients', kills: 0, site: processes, config: processes.config, kill: killClients },
      { name: 'servers', kills: 0, site: processes, config: processes.config, kill: killServers },
      {
        name: 'threads',
        kills: 0,
        site: threads,
        config: path.join(threads.home, '../config'),
        kill: killThreads,
        line: SLOW,
      },
    ]
    const killed = (): number => victims.reduce((sum, { kills }) => sum + kills, 0)
    let files = 0
    let told = 0
    const tell = (): void => {
      const kinds = victims.map(({ name, kills }) => `${kills} of ${name}`).join(', ')
      console.log(
        [
          `${killed()} kills (${kinds}) under ${STREAMS} streams; ${files} files moved, 0 wrong, 0 lost`,
          `  sent again for each kill   ${spread(figures.resent, (bytes) => `${(bytes / MIB).toFixed(1)} MiB`)}`,
          `  a server listens again     ${spread(figures.restarts, (ms) => `${Math.round(ms)} ms`)}`,
          `  a thread is replaced       ${spread(figures.replacements, (ms) => `${Math.round(ms)} ms`)}`,
        ].join('\n'),
      )
    }
    for (let round = 0; killed() < KILLS; round++) {
      const victim = victims[round % victims.length]
      if (victim === undefined) throw new Error('nobody to kill')
      const { site, config, kill, line } = victim
      const way = Math.floor(round / victims.length) % 2 === 0 ? 'up' : 'down'
      const [from, to] = way === 'up' ? [site.home, site.root] : [site.root, site.home]
      const bytes = SIZES.map((size, index) => randomBytes(size, round * 100 + index))
      for (const [index, name] of NAMES.entries()) {
        fs.rmSync(path.join(to, name), { force: true })
        fs.writeFileSync(path.join(from, name), bytes[index] ?? '')
      }
      const port = (): number => ('port' in site ? site.port : site.server.port)
      /** How many bytes of files and frames each connection has brought. */
      const brought: number[] = []
      await using proxy = await ChaosProxy.start(port, (connection) => ({
        watch: (direction, { length }) => {
          if (direction === way) brought[connection] = (brought[connection] ?? 0) + length
        },
        ...(line !== undefined && { [way]: line }),
      }))
      const kept: { readonly bytes: number; readonly connections: number }[] = []
      const command = way === 'up' ? 'put' : 'get'
      const done = await kill({
        processes,
        threads,
        // A get leaves what has arrived as it is only if it is told to.
        args: [command, '--if-exists', way === 'up' ? 'replace' : 'different', '-j', `${STREAMS}`, ...NAMES],
        options: { port: proxy.port, config, cwd: site.home },
        random,
        figures,
        killed: () => {
          // A server may still store a file whose last bytes have arrived, and a new client sends it again.
          if (victim.name === 'clients' && way === 'up') return
          kept.push({ bytes: keptOf(to, way, bytes), connections: proxy.connections })
        },
        moment: async (client) => {
          const passed = proxy.passed(way, proxy.bytes[way] + (random() * TOTAL) / KILLS_OF_ONE)
          // A server that has never let it in is not waited for.
          const reached = Promise.all([passed, proxy.passed('down', LOGGED_IN)])
          return await Promise.race([reached.then(() => true), client.exit.then(() => false)])
        },
      })
      victim.kills += done
      for (const [index, name] of NAMES.entries()) {
        const arrived = fs.readFileSync(path.join(to, name))
        expect(
          arrived.equals(bytes[index] ?? Buffer.alloc(0)),
          `${name} in round ${round}, SEED=${SEED}`,
        ).toBe(true)
        files++
      }
      for (const [index, { bytes: written, connections }] of kept.entries()) {
        const later = brought.slice(connections, kept[index + 1]?.connections)
        const sent = later.reduce((sum, count = 0) => sum + count, 0)
        expect(sent, `after kill ${index} in round ${round}, SEED=${SEED}`).toBeLessThan(
          TOTAL - written + OVERHEAD,
        )
      }
      if (done > 0) figures.resent.push(Math.max(0, proxy.bytes[way] - TOTAL) / done)
      if (killed() - told < TELL_EVERY) continue
      told = killed()
      tell()
    }
    for (const site of [processes, threads]) {
      // What killed clients left of small files goes when the next one comes into the folder.
      expect(await site.run(['get', '1.bin', '-o', path.join(site.home, '1.bin')])).toMatchObject({ code: 0 })
      expect(fs.readdirSync(site.home).filter((name) => !NAMES.includes(name))).toEqual([])
    }
    tell()
  })
})

/**
 * How many bytes of the files a receiver has in its folder: those of whole files, and the whole blocks from which a
 * transfer can continue.
 */
function keptOf(folder: string, way: 'up' | 'down', files: readonly Buffer[]): number {
  const partials = way === 'up' ? serverPartials(folder) : clientPartials({ home: folder })
  const kept = new Map<Buffer, number>()
  for (const name of [...partials, ...NAMES.map((name) => path.join(folder, name))]) {
    // A file may get its name meanwhile.
    if (!fs.existsSync(name)) continue
    const held = fs.readFileSync(name)
    // A small file comes whole or not at all.
    const more = partials.includes(name) ? MIB : 0
    const file = files.find((one) => one.length > more && matches(one, held, 0, Math.min(MIB, one.length)))
    if (file === undefined) continue
    let end = 0
    while (end < file.length && matches(file, held, end, Math.min(end + MIB, file.length))) end += MIB
    kept.set(file, Math.max(kept.get(file) ?? 0, Math.min(end, file.length)))
  }
  return [...kept.values()].reduce((sum, bytes) => sum + bytes, 0)
}

function matches(one: Buffer, other: Buffer, start: number, end: number): boolean {
  return one.subarray(start, end).equals(other.subarray(start, end))
}

/** What is measured of each kill. */
interface Figures {
  /** Bytes moved beyond those of the files: the mean of the kills of one command. */
  readonly resent: number[]
  /** Milliseconds from the end of each server that was killed to the next one that listens. */
  readonly restarts: number[]
  /** Milliseconds from each end of a thread to the first answer of the one in its place. */
  readonly replacements: number[]
}

/** One command moving all files, and where to disturb it. */
interface Transfer {
  readonly processes: Site
  readonly threads: LocalSite
  readonly args: readonly string[]
  readonly options: ClientOptions
  readonly random: () => number
  readonly figures: Figures
  /** To be called after each kill, before anything is done about it. */
  readonly killed: () => void
  /** Resolves with true at a random moment of it, or with false when the client has ended before. */
  readonly moment: (client: Program) => Promise<boolean>
}

/** Kills some clients, and lets the last one finish. @returns how many have been killed */
async function killClients({ args, options, moment, killed }: Transfer): Promise<number> {
  let kills = 0
  for (let turn = 0; turn < KILLS_OF_ONE; turn++) {
    await using client = startClient(args, options)
    if (!(await moment(client))) continue
    if ((await client.kill()).signal !== 'SIGKILL') continue
    killed()
    kills++
  }
  expect(await runClient(args, options)).toMatchObject({ code: 0 })
  return kills
}

/** Kills the server some times under one client. @returns how often it was killed */
async function killServers({ processes, args, options, moment, killed, figures }: Transfer): Promise<number> {
  let kills = 0
  await using client = startClient(args, options)
  for (; kills < KILLS_OF_ONE && (await moment(client)); kills++) {
    await processes.server.kill()
    killed()
    const ended = performance.now()
    await processes.restart()
    figures.restarts.push(performance.now() - ended)
  }
  expect(await client.result()).toMatchObject({ code: 0 })
  return kills
}

/** Ends one of two handler threads, some times, under one client. @returns how often one was ended */
async function killThreads(transfer: Transfer): Promise<number> {
  const { args, options, random, moment, killed, figures } = transfer
  const { server } = transfer.threads
  let kills = 0
  await using client = startClient(args, options)
  for (; kills < KILLS_OF_ONE && (await moment(client)); kills++) {
    // Connections are given to the two in turn.
    await using one = await RawClient.login(server)
    await using other = await RawClient.login(server)
    const index = Math.floor(random() * server.threads.length)
    const ended = performance.now()
    await server.threads[index]?.terminate()
    killed()
    const ready = once(server.threads[index] ?? process, 'message')
    // With the client's connections in between, both may have been given to the thread that is gone.
    await Promise.any([one, other].map((served) => served.ask({ type: 'ping' }, 'done'))).catch(() => {})
    await ready
    await using next = await RawClient.login(server)
    await using last = await RawClient.login(server)
    await Promise.all([next, last].map((served) => served.ask({ type: 'ping' }, 'done')))
    figures.replacements.push(performance.now() - ended)
  }
  expect(await client.result()).toMatchObject({ code: 0 })
  return kills
}
