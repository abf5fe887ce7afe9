import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { CASES } from './cases.ts'
import { DELAYED, type Ground, type Peer, serve } from './peer.ts'
import { PEERS } from './peers.ts'
import { PORTS } from './ports.ts'
import { median, table } from './table.ts'
import { makeTree, total } from './tree.ts'

/*
 * Measures one big file, or a tree, against every peer, in interleaved rounds on this machine. Absolute times mean little on a
 * busy machine; the ratios within one run do.
 */

type Direction = 'get' | 'put'

const options = new Command('bench')
  .option('--size <MiB>', 'size of the file', Number, 2048)
  .option(
    '--tree [counts]',
    'a tree instead, such as 10000x4k or 15000x2k+4x64m; without counts, all cases, and long lines',
  )
  .option('--again', 'a second time: the tree is there and unchanged')
  .option('--round-trip <ms>', 'on a line with this delay', Number, 0)
  .option('--rounds <n>', 'rounds, interleaved', Number, 5)
  .option('--peers <names>', 'only peers whose name contains one of these, separated by commas', '')
  .option('--direction <get|put>', 'only one direction', '')
  .option('--directory <path>', 'where to work', fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir())
  .option('--disk', 'work in the temporary folder, which is on a disk')
  .option('--json <file>', 'write all times there')
  .option('--quick', 'one round of next to nothing: shows that it works, not how fast')
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
    quick?: true
  }>()

if (options.tree === true) {
  for (const { title, options: measuring } of CASES) {
    console.log(`\n## ${title}`)
    const args = [import.meta.filename, ...measuring, ...(options.quick ? ['--quick'] : [])]
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
    if (status !== 0) process.exit(1)
  }
  process.exit()
}
const { peers, json, direction, roundTrip, quick } = options
const size = quick ? 2 : options.size
const rounds = quick ? 1 : options.rounds
const tree = quick ? options.tree?.replaceAll(/\d+(?=x)/g, '3') : options.tree

const chosen = PEERS.filter(
  ({ name }) => peers === '' || peers.split(',').some((part) => name.includes(part)),
)
const present = chosen.filter(isInstalled)
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
  const able = present.filter((peer) => peer[way]?.(ground) !== undefined)
  const ready: Peer[] = []
  for (const peer of able) {
    try {
      if (!peer.isStartedAnew) running.use(await peer.start?.(ground))
      ready.push(peer)
    } catch (error) {
      // Somebody else's server may want what this user or machine does not have.
      if (peer.packages.length === 0) throw error
      console.log(`${peer.name} is left out: ${error instanceof Error ? error.message : error}`)
    }
  }
  running.use(await delayed())
  const times: Record<string, number[]> = Object.fromEntries(ready.map(({ name }) => [name, []]))
  for (let round = quick ? 1 : 0; round <= rounds; round++) {
    for (const peer of ready) {
      const command = peer[way]?.(ground)
      if (command === undefined) continue
      await using _server = peer.isStartedAnew ? await peer.start?.(ground) : undefined
      if (ground.isAgain) run(command)
      const seconds = run(command)
      // The first round only warms up.
      if (round > 0) times[peer.name]?.push(seconds)
      process.stderr.write(`${way} ${round}/${rounds} ${peer.name}: ${seconds.toFixed(2)} s\n`)
      for (const left of [`${ground.desk}/out`, `${peer.root?.(ground) ?? ground.served}/in`])
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
  const place = {
    served,
    desk,
    setup,
    name,
    isTree: tree !== undefined,
    isAgain: options.again ?? false,
    port,
  }
  // The same files, without taking their space again: whoever serves them has them from the beginning.
  for (const root of present.flatMap((peer) => peer.root?.(place) ?? [])) {
    fs.mkdirSync(path.dirname(root), { recursive: true })
    execFileSync('cp', ['-a', '--link', served, root])
  }
  return place
}

/** Whether all that the peer needs is there; says what is not. */
function isInstalled({ name, packages, commands }: Peer): boolean {
  const missing = commands.filter(
    (command) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status !== 0,
  )
  if (missing.length === 0) return true
  console.log(
    `${name} is left out: ${missing.join(' and ')} can be had with: apt-get install ${packages.join(' ')}`,
  )
  return false
}
