import { type ChildProcess, fork } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../support/spread.ts'
import { OURS } from './ours.ts'
import { end, FILE, type Guest, memoryOf, type Peer } from './peer.ts'
import { PYFTPDLIB } from './pyftpdlib.ts'
import { VSFTPD } from './vsftpd.ts'

/*
 * Many clients at once: what an idle one costs, how long a login takes, and how fast a small request is answered while
 * others transfer as fast as they can. `node test/load/main.ts [idle] [active] [seconds] [server…]`
 */

const [IDLE = 2_000, ACTIVE = 200, SECONDS = 10] = process.argv.slice(2, 5).map(Number)
const WANTED = process.argv.slice(5)
const LOGINS = 50
const PEERS = [OURS, VSFTPD, PYFTPDLIB].filter(({ name }) => WANTED.length === 0 || WANTED.includes(name))

if (process.send) await transfer()
else await measureAll()

async function measureAll(): Promise<void> {
  console.log(
    `${IDLE} idle and ${ACTIVE} active encrypted connections, ${SECONDS} s; a file of 1 MiB; ${os.cpus().length} cores`,
  )
  for (const [index, peer] of PEERS.entries()) {
    const setup = fs.mkdtempSync(path.join(os.tmpdir(), 'load-'))
    const folder = path.join(setup, 'served')
    fs.mkdirSync(folder)
    fs.writeFileSync(path.join(folder, FILE), Buffer.alloc(1_048_576, 'x'))
    const port = 30_000 + (process.pid % 10_000) + index
    const server = peer.start(folder, port, setup)
    try {
      await measure(peer, port, server)
    } finally {
      await end(server)
      fs.chmodSync(folder, 0o755)
      fs.rmSync(setup, { recursive: true })
    }
  }
}

async function measure(peer: Peer, port: number, server: ChildProcess): Promise<void> {
  const probe = await firstGuest(peer, port)
  await probe.get()
  const logins: number[] = []
  for (let count = 0; count < LOGINS; count++) {
    const began = performance.now()
    const guest = await peer.enter(port)
    logins.push(performance.now() - began)
    guest.leave()
  }
  await delay(1_000)
  const before = memoryOf(server.pid ?? 0)
  const idle: Guest[] = []
  while (idle.length < IDLE)
    idle.push(...(await Promise.all(Array.from({ length: 20 }, () => peer.enter(port)))))
  await delay(2_000)
  const each = (memoryOf(server.pid ?? 0) - before) / idle.length
  const quiet = await stats(probe, 2)
  const busy = fork(import.meta.filename, [String(IDLE), String(ACTIVE), String(SECONDS)], {
    env: { ...process.env, LOAD_PEER: peer.name, LOAD_PORT: String(port) },
  })
  const result = new Promise<readonly number[]>((resolve, reject) => {
    busy.on('message', (message) => {
      if (Array.isArray(message)) resolve(message.map(Number))
    })
    busy.on('exit', (code) => reject(new Error(`the load ended with ${code}`)))
  })
  await new Promise<void>((resolve) => busy.once('message', () => resolve()))
  const loaded = await stats(probe, SECONDS)
  const gets = await result
  await Promise.all(idle.map((guest) => guest.stat()))
  for (const guest of [...idle, probe]) guest.leave()
  const ms = (values: readonly number[]): string =>
    `p50 ${percentile(values, 0.5).toFixed(1)} ms, p99 ${percentile(values, 0.99).toFixed(1)} ms`
  console.log(
    [
      `\n${peer.name}`,
      `  login                        ${ms(logins)}`,
      `  memory of an idle connection ${(each / 1_000).toFixed(0)} KB`,
      `  stat, nobody else active     ${ms(quiet)}`,
      `  stat beside ${ACTIVE} transfers    ${ms(loaded)}`,
      `  get of 1 MiB, ${ACTIVE} at once    ${ms(gets)}, ${gets.length} in all, ${Math.round(gets.length / SECONDS)} MiB/s`,
    ].join('\n'),
  )
}

async function firstGuest(peer: Peer, port: number): Promise<Guest> {
  for (let tries = 100; ; tries--) {
    try {
      return await peer.enter(port)
    } catch (error) {
      if (tries === 0) throw error
      await delay(100)
    }
  }
}

async function stats(guest: Guest, seconds: number): Promise<number[]> {
  const times: number[] = []
  for (const until = performance.now() + seconds * 1_000; performance.now() < until; ) {
    const began = performance.now()
    await guest.stat()
    times.push(performance.now() - began)
    await delay(5)
  }
  return times
}

/** In a process of its own, so that it does not hold up the one that measures. */
async function transfer(): Promise<void> {
  const peer = PEERS.find(({ name }) => name === process.env.LOAD_PEER)
  if (peer === undefined) throw new Error('nobody to load')
  const port = Number(process.env.LOAD_PORT)
  const guests: Guest[] = []
  while (guests.length < ACTIVE) guests.push(await peer.enter(port))
  const times: number[] = []
  const until = performance.now() + (SECONDS + 1) * 1_000
  process.send?.('begun')
  await Promise.all(
    guests.map(async (guest) => {
      while (performance.now() < until) {
        const began = performance.now()
        await guest.get()
        times.push(performance.now() - began)
      }
    }),
  )
  await new Promise<void>((resolve) => process.send?.(times, () => resolve()))
  process.exit(0)
}
