// How fast the kernel is on this machine, next to OpenSSL's MD5: `pnpm --filter @ftp/md5 bench [rounds]`.
// Rounds are interleaved, so that whatever else the machine does meets all alike.
import { createHash, randomFillSync } from 'node:crypto'
import { BLOCK_SIZE, type BlockCheck, CHAIN_START, createMemory, Kernel } from './src/index.ts'

const ROUNDS = Number(process.argv[2] ?? 15)
const BLOCKS_PER_ROUND = 48
const MAX_LANES = 8

const kernel = new Kernel(createMemory(MAX_LANES))
const inside: BlockCheck[] = Array.from({ length: MAX_LANES }, (_, i) =>
  check(randomFillSync(kernel.slot(i))),
)
const outside: BlockCheck[] = inside.map(({ bytes }) => check(Uint8Array.from(bytes)))

const contestants: Record<string, () => unknown> = {
  'node:crypto': () => createHash('md5').update(pick(outside, 0).bytes).digest(),
  '1 lane': () => kernel.absorb(CHAIN_START, pick(inside, 0).bytes),
  '2 lanes': () => kernel.checkBlocks(inside.slice(0, 2)),
  '4 lanes': () => kernel.checkBlocks(inside.slice(0, 4)),
  '5 lanes': () => kernel.checkBlocks(inside.slice(0, 5)),
  '8 lanes': () => kernel.checkBlocks(inside),
  '1 lane, copied in': () => kernel.absorb(CHAIN_START, pick(outside, 0).bytes),
  '8 lanes, copied in': () => kernel.checkBlocks(outside),
}

function check(bytes: Uint8Array): BlockCheck {
  return { start: CHAIN_START, bytes, end: kernel.absorb(CHAIN_START, bytes) }
}

function pick(checks: readonly BlockCheck[], i: number): BlockCheck {
  const found = checks[i]
  if (found === undefined) throw new RangeError(`no block ${i}`)
  return found
}

function blocksOf(name: string): number {
  return Number.parseInt(name, 10) || 1
}

function gibPerSecond(name: string, run: () => unknown): number {
  const times = Math.ceil(BLOCKS_PER_ROUND / blocksOf(name))
  const from = process.hrtime.bigint()
  for (let i = 0; i < times; i++) run()
  const seconds = Number(process.hrtime.bigint() - from) / 1e9
  return (times * blocksOf(name) * BLOCK_SIZE) / seconds / 2 ** 30
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

const speeds = new Map<string, number[]>(Object.keys(contestants).map((name) => [name, []]))
for (let round = -1; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(contestants)) {
    const speed = gibPerSecond(name, run)
    // The round before the first lets V8 compile.
    if (round >= 0) speeds.get(name)?.push(speed)
  }
}

const base = median(speeds.get('node:crypto') ?? [])
console.log('median GiB/s      min    max   × node:crypto')
for (const [name, values] of speeds) {
  const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)].map((v) =>
    v.toFixed(2),
  )
  console.log(`${middle}  ${low}  ${high}  ${(median(values) / base).toFixed(2)}  ${name}`)
}
