import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { CASES } from './cases.ts'
import { DELAYED, type Ground, type Peer, serve } from './peer.ts'
import { PEERS, PORTS } from './peers.ts'
import { median, table } from './table.ts'
import { makeTree, total } from './tree.ts'

/*
 * Measures one big file, or a tree, against every peer, in interleaved rounds on this machine. Absolute times mean little on a
 * busy machine; the ratios within one run do.
 */

type Direction = 'get' | 'put'

const options = new Command('bench')
  .option('--size <MiB>', 'size of the file', Number, 2048)
  .option('--tree [counts]', 'a tree instead, such as 10000x4k or 15000x2k+4x64m; without counts, all cases')
  .option('--again', 'a second time: the tree is there and unchanged')
  .option('--round-trip <ms>', 'on a line with this delay', Number, 0)
  .option('--rounds <n>', 'rounds, interleaved', Number, 5)
  .option('--peers <names>', 'only peers whose name contains one of these, separated by commas', '')
  .option('--direction <get|put>', 'only one direction', '')
  .option('--directory <path>', 'where to work', fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir())
  .option('--disk', 'work in the temporary folder, which is on a disk')
  .option('--json <file>', 'write all times there')
  .parse()
  .opts<{
    size: number
    tree?: string | true
    again?: true
    roundTrip: number
    disk?: true
    rounds: number
    peers: string
    directory: string
    json?: string
    direction: string
  }>()

if (options.tree === true) {
  for (const { title, options: measuring } of CASES) {
    console.log(`\n## ${title}`)
    spawnSync(process.execPath, [import.meta.filename, ...measuring], { stdio: 'inherit' })
  }
  process.exit()
}
const { size, tree, rounds, peers, json, direction, roundTrip } = options

const chosen = PEERS.filter(
  ({ name }) => peers === '' || peers.split(',').some((part) => name.includes(part)),
)
const present = chosen.filter(install)
const ground = prepare(options.disk ? os.tmpdir() : options.directory)
const amount =
  tree === undefined ? { count: size * 1.048576, unit: 'MB' } : { count: total(tree), unit: 'files' }
try {
  const results: Record<string, Record<string, number[]>> = {}
  for (const way of ['get', 'put'] as const)
    if (direction === '' || direction === way) results[way] = await measure(way)
  for (const [way, times] of Object.entries(results)) {
    console.log(
      `\n${way}, ${tree ?? `${size} MiB`}, ${rounds} rounds, ${os.cpus().length} cores, Node ${process.versions.node}\n`,
    )
    console.log(table(present, times, amount))
  }
  if (json)
    fs.writeFileSync(
      json,
      JSON.stringify({ size, tree, rounds, date: new Date().toISOString(), results }, null, 2),
    )
} finally {
  fs.rmSync(path.dirname(ground.served), { recursive: true, force: true })
}

/**
 * Seconds of each round, by peer. Each round runs every peer once, so that slow moments of the machine hit all. Servers run
 * all the time, as they do for people.
 */
async function measure(way: Direction): Promise<Record<string, number[]>> {
  await using running = new AsyncDisposableStack()
  for (const peer of present)
    if (peer[way] !== undefined && !peer.isStartedAnew) running.use(await peer.start?.(ground))
  running.use(await delayed())
  const times: Record<string, number[]> = Object.fromEntries(present.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const peer of present) {
      const command = peer[way]?.(ground)
      if (command === undefined) continue
      await using _server = peer.isStartedAnew ? await peer.start?.(ground) : undefined
      if (ground.isAgain) run(command)
      const seconds = run(command)
      // The first round only warms up.
      if (round > 0) times[peer.name]?.push(seconds)
      process.stderr.write(`${way} ${round}/${rounds} ${peer.name}: ${seconds.toFixed(2)} s\n`)
      for (const left of [`${ground.desk}/out`, `${ground.served}/in`])
        fs.rmSync(left, { force: true, recursive: true })
    }
  }
  for (const [name, list] of Object.entries(times))
    if (list.length > 0) process.stderr.write(`${way} ${name}: median ${median(list).toFixed(2)} s\n`)
  return times
}

/** A line with a delay to every server. */
async function delayed(): Promise<AsyncDisposable | undefined> {
  if (roundTrip === 0) return undefined
  const ports = Object.values(PORTS).map(String)
  const program = path.join(import.meta.dirname, 'delay.ts')
  return await serve(process.execPath, [program, String(roundTrip / 2), ...ports], (line) =>
    line.includes(String(PORTS.nc)),
  )
}

function run(command: string): number {
  const started = performance.now()
  const { status, stderr } = spawnSync('sh', ['-c', `exec ${command}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`)
  return (performance.now() - started) / 1000
}

function prepare(base: string): Ground {
  const folder = fs.mkdtempSync(path.join(base, 'ftp-bench-'))
  const [served, desk, setup] = ['served', 'desk', 'setup'].map((name) => path.join(folder, name))
  if (served === undefined || desk === undefined || setup === undefined) throw new Error('unreachable')
  for (const each of [served, desk, setup]) fs.mkdirSync(each)
  fs.chmodSync(folder, 0o755)
  const name = tree === undefined ? 'big' : 'tree'
  if (tree === undefined)
    execFileSync('sh', ['-c', `head -c ${size * 1_048_576} /dev/urandom > ${served}/big`])
  else makeTree(path.join(served, name), tree)
  execFileSync('cp', ['-a', `${served}/${name}`, `${desk}/${name}`])
  const port = (listening: number): number => listening + (roundTrip > 0 ? DELAYED : 0)
  return { served, desk, setup, name, isTree: tree !== undefined, isAgain: options.again ?? false, port }
}

/** Whether the peer is there, installed now if need be and possible. */
function install({ name, packages, commands }: Peer): boolean {
  const missing = (): boolean =>
    commands.some((command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0)
  if (missing() && packages.length > 0)
    spawnSync('apt-get', ['install', '-y', '-q', ...packages], { stdio: 'ignore' })
  if (!missing()) return true
  process.stderr.write(`${name} is left out: ${commands.join(', ')} cannot be installed here\n`)
  return false
}
