import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { RawClient } from '../support/raw-client.ts'
import { serve } from './peer.ts'

/*
 * What one large transfer costs each side, in each direction: processor time by threads and memory; and how long a small
 * request of another connection takes meanwhile, which the same thread of the server answers.
 *
 *     node test/bench/one-transfer.ts [MiB] [sparse]
 */

const MIB = 1_048_576
const size = Number(process.argv[2] ?? 1024) * MIB
const isSparse = process.argv[3] === 'sparse'
const NODE = process.execPath
const APPS = path.resolve(import.meta.dirname, '../../apps')
// Below those that the system gives to clients.
const PORT = 20_000 + (process.pid % 12_000)

const base = fs.existsSync('/dev/shm') && !isSparse ? '/dev/shm' : os.tmpdir()
const folder = fs.mkdtempSync(path.join(base, 'ftp-one-'))
try {
  const served = path.join(folder, 'served')
  fs.mkdirSync(served)
  makeFile(path.join(served, 'big'))
  const fixed = ['--host', '127.0.0.1', '--port', String(PORT), '--state', path.join(folder, 'state')]
  const flags = ['--anonymous', 'write', '--threads', '1', '--no-announce', '--json']
  await using server = await serve(NODE, [`${APPS}/server/src/main.ts`, served, ...fixed, ...flags], (line) =>
    line.includes('listening'),
  )
  const local = path.join(folder, 'local')
  // A file that has just been written is not trusted to stay as it is: its chain is stored once it is older.
  await delay(5_000)
  await transfer(server.pid, 'md5', ['md5', 'big'])
  await transfer(server.pid, 'get', ['get', 'big', '-o', local])
  await transfer(server.pid, 'put', ['put', local, '--to', 'in'])
} finally {
  fs.rmSync(folder, { recursive: true, force: true })
}

/** Runs one command of the client and tells what it took. */
async function transfer(server: number, name: string, args: readonly string[]): Promise<void> {
  const fixed = ['-q', '--server', `127.0.0.1:${PORT}`, '--config', path.join(folder, 'config')]
  const before = processorTime(server)
  const probe = await RawClient.login({ host: '127.0.0.1', port: PORT, secure: true })
  const began = performance.now()
  const client = spawn(NODE, [`${APPS}/client/src/main.ts`, ...fixed, '--timeout', '10m', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(client, 'exit')
  const stats: number[] = []
  let spent = new Map<string, number>()
  let memory = 0
  while (client.exitCode === null) {
    const asked = performance.now()
    await probe.ask({ type: 'stat', path: 'big' }, 'entry')
    stats.push(performance.now() - asked)
    const sample = processorTime(client.pid ?? 0)
    // Of a process that ends only some threads are left.
    if (total(sample) >= total(spent)) spent = sample
    memory = Math.max(memory, peakMemory(client.pid ?? 0))
    await delay(5)
  }
  const [code] = await ended
  const seconds = (performance.now() - began) / 1_000
  probe.socket.destroy()
  const after = processorTime(server)
  for (const [thread, time] of before) after.set(thread, (after.get(thread) ?? 0) - time)
  stats.sort((one, other) => one - other)
  const percentile = (share: number): string => (stats[Math.floor(stats.length * share)] ?? 0).toFixed(1)
  console.log(
    [
      `\n${name}, ${size / MIB} MiB: ${seconds.toFixed(2)} s${code === 0 ? '' : `, ended with ${code}`}`,
      `  client: ${told(spent)}; peak ${memory.toFixed(0)} MiB`,
      `  server: ${told(after)}; peak ${peakMemory(server).toFixed(0)} MiB`,
      `  stat on another connection: p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms, most ${percentile(0.9999)} ms, ${stats.length} asked`,
    ].join('\n'),
  )
}

function makeFile(file: string): void {
  fs.writeFileSync(file, '')
  fs.truncateSync(file, size)
  if (isSparse) return
  const [source, target] = [fs.openSync('/dev/urandom', 'r'), fs.openSync(file, 'r+')]
  const block = Buffer.alloc(MIB)
  for (let at = 0; at < size; at += MIB) fs.writeSync(target, block, 0, fs.readSync(source, block), at)
  for (const fd of [source, target]) fs.closeSync(fd)
}

/** Seconds in user and kernel mode so far, by the name of the thread; nothing when the process is gone. */
function processorTime(pid: number): Map<string, number> {
  const spent = new Map<string, number>()
  try {
    for (const thread of fs.readdirSync(`/proc/${pid}/task`)) {
      const [, name = '', rest = ''] =
        /\((.*)\) (.*)/.exec(fs.readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')) ?? []
      const [user = '0', system = '0'] = rest.split(' ').slice(11)
      spent.set(name, (spent.get(name) ?? 0) + (Number(user) + Number(system)) / 100)
    }
  } catch {
    // It has ended.
  }
  return spent
}

/** In MiB; 0 when the process is gone. */
function peakMemory(pid: number): number {
  try {
    const [, kib = '0'] = /VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kib) / 1_024
  } catch {
    return 0
  }
}

function told(spent: ReadonlyMap<string, number>): string {
  const threads = [...spent].filter(([, time]) => time >= 0.05).sort((one, other) => other[1] - one[1])
  return `${total(spent).toFixed(2)} s of processors (${threads.map(([name, time]) => `${name} ${time.toFixed(2)}`).join(', ')})`
}

function total(spent: ReadonlyMap<string, number>): number {
  return [...spent.values()].reduce((sum, time) => sum + time, 0)
}
