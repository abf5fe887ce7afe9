import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../support/deadline.ts'
import { percentile } from '../support/spread.ts'
import type { Load } from './active.ts'
import { end, FILE, type Guest, memoryOf, type Peer } from './peer.ts'
import { PEERS } from './peers.ts'

/*
 * Many clients at once: what an idle one costs, how long a login takes, and how fast a small request is answered while
 * others transfer: as fast as they can, and all servers the same. `node test/load/main.ts [server…]`; other numbers in
 * IDLE, ACTIVE and SECONDS.
 */

const IDLE = Number(process.env['IDLE'] ?? 2_000)
const ACTIVE = Number(process.env['ACTIVE'] ?? 200)
const SECONDS = Number(process.env['SECONDS'] ?? 10)
const WANTED = process.argv.slice(2)
const LOGINS = 50
/** Logins under way at once. */
const TOGETHER = 20
/** What the slowest server can move, in MiB a second. */
const RATE = 100
/** From one stat to the next, and between two looks at memory that is to be settled. */
const [PAUSE_MS, SETTLING_MS] = [5, 500]

console.log(
  `${IDLE} idle and ${ACTIVE} active encrypted connections, ${SECONDS} s; a file of 1 MiB; ${os.cpus().length} cores`,
)
for (const [index, peer] of PEERS.entries()) {
  if (WANTED.length > 0 && !WANTED.includes(peer.name)) continue
  if (!peer.isHere()) {
    console.log(`\n${peer.name} is left out: it can be had with: apt-get install ${peer.package}`)
    continue
  }
  const setup = fs.mkdtempSync(path.join(os.tmpdir(), 'load-'))
  const folder = path.join(setup, 'served')
  fs.mkdirSync(folder)
  fs.writeFileSync(path.join(folder, FILE), Buffer.alloc(1_048_576, 'x'))
  // Below those that the system gives to clients.
  const port = 20_000 + (process.pid % 1_200) * 10 + index
  const server = peer.start(folder, port, setup)
  try {
    await measure(peer, port, server)
  } finally {
    await end(server)
    fs.chmodSync(folder, 0o755)
    fs.rmSync(setup, { recursive: true })
  }
}

async function measure(peer: Peer, port: number, server: ChildProcess): Promise<void> {
  const probe = await until(`${peer.name} answering`, () => peer.enter(port).catch(() => undefined))
  await probe.get()
  const logins: number[] = []
  for (let count = 0; count < LOGINS; count++) {
    const began = performance.now()
    const guest = await peer.enter(port)
    logins.push(performance.now() - began)
    guest.leave()
  }
  const before = await settledMemory(server)
  const idle: Guest[] = []
  while (idle.length < IDLE)
    idle.push(...(await Promise.all(Array.from({ length: TOGETHER }, () => peer.enter(port)))))
  const each = ((await settledMemory(server)) - before) / idle.length
  const quiet = await stats(probe)
  const full = await statsBeside(probe, { peer: peer.name, port, active: ACTIVE, rate: undefined })
  const paced = await statsBeside(probe, { peer: peer.name, port, active: ACTIVE, rate: RATE })
  await Promise.all(idle.map((guest) => guest.stat()))
  for (const guest of [...idle, probe]) guest.leave()
  console.log(
    [
      `\n${peer.name}`,
      `  login                        ${milliseconds(logins)}`,
      `  memory of an idle connection ${(each / 1_000).toFixed(0)} KB`,
      `  stat, nobody else active     ${milliseconds(quiet)}`,
      `  stat beside ${ACTIVE} transfers    ${milliseconds(full.stats)}`,
      `  get of 1 MiB, ${ACTIVE} at once    ${milliseconds(full.gets)}, ${Math.round(full.gets.length / SECONDS)} MiB/s`,
      `  stat beside ${ACTIVE} at ${RATE} MiB/s  ${milliseconds(paced.stats)}`,
      `  get of 1 MiB at that rate    ${milliseconds(paced.gets)}, ${Math.round(paced.gets.length / SECONDS)} MiB/s`,
    ].join('\n'),
  )
}

/** Memory once it stays as it is: what logins leave behind is given back a little later. */
async function settledMemory({ pid = 0 }: ChildProcess): Promise<number> {
  for (let last = memoryOf(pid); ; ) {
    await delay(SETTLING_MS)
    const now = memoryOf(pid)
    if (Math.abs(now - last) < 0.01 * now) return now
    last = now
  }
}

/** How long each stat takes while others transfer, and how long each of their gets. */
async function statsBeside(guest: Guest, load: Load): Promise<{ stats: number[]; gets: number[] }> {
  const busy = fork(path.join(import.meta.dirname, 'active.ts'))
  const over = once(busy, 'exit').then(([code]) => {
    throw new Error(`the load ended with ${code}`)
  })
  over.catch(() => {})
  busy.send(load)
  await Promise.race([once(busy, 'message'), over])
  const times = await stats(guest)
  busy.send('end')
  const [gets]: unknown[] = await Promise.race([once(busy, 'message'), over])
  return { stats: times, gets: Array.isArray(gets) ? gets.map(Number) : [] }
}

async function stats(guest: Guest): Promise<number[]> {
  const times: number[] = []
  for (const last = performance.now() + SECONDS * 1_000; performance.now() < last; ) {
    const began = performance.now()
    await guest.stat()
    times.push(performance.now() - began)
    await delay(PAUSE_MS)
  }
  return times
}

function milliseconds(values: readonly number[]): string {
  return `p50 ${percentile(values, 0.5).toFixed(1)} ms, p99 ${percentile(values, 0.99).toFixed(1)} ms`
}
