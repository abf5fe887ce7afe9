import { parentPort, workerData } from 'node:worker_threads'
import { CHAIN_START, type ChainValue } from './chain.ts'
import { Kernel } from './kernel.ts'
import type { KernelMemory } from './memory.ts'
import { MAX_LANES } from './work-area.ts'

/*
 * The entry point of a hashing thread. It absorbs pieces in the memory that it shares with the thread that
 * started it, as many side by side as there are lanes.
 */

/** One piece to absorb. */
export interface Job {
  readonly id: number
  /** The chaining value at the start of the piece. Default: the present value of the chain. */
  readonly start?: ChainValue | undefined
  /** The number of the chain that it continues. */
  readonly chain?: number | undefined
  /** Its place in the memory, or the bytes themselves. */
  readonly bytes: Uint8Array | { readonly at: number; readonly size: number }
  /** As in Piece. */
  readonly length?: number | undefined
}

export type ToHashThread = { readonly jobs: readonly Job[] } | { readonly forget: number }

/** For each job of a batch, its id and the resulting value. */
export type Values = readonly (readonly [id: number, value: ChainValue])[]

const port = parentPort
if (port === null) throw new Error('hash-worker.ts is started by a HashThread, as a worker thread')
const { memory }: { memory: KernelMemory } = workerData
const kernel = new Kernel(memory)
const chains = new Map<number, ChainValue>()
let waiting: Job[] = []
let scheduled = false

port.on('message', (message: ToHashThread) => {
  if ('forget' in message) chains.delete(message.forget)
  else waiting.push(...message.jobs)
  schedule()
})

/** Runs after all messages that have already arrived, so that their jobs can share the lanes. */
function schedule(): void {
  if (scheduled) return
  scheduled = true
  setImmediate(look)
}

function look(): void {
  scheduled = false
  const batch = next()
  if (batch.length > 0) run(batch)
}

/**
 * The jobs that have waited longest, but only the first of each chain, because the next one starts with its
 * result.
 */
function next(): Job[] {
  const taken = new Set<number>()
  const batch: Job[] = []
  for (const job of waiting) {
    if (batch.length === MAX_LANES) break
    if (job.chain !== undefined && taken.has(job.chain)) continue
    if (job.chain !== undefined) taken.add(job.chain)
    batch.push(job)
  }
  return batch
}

function run(batch: readonly Job[]): void {
  waiting = waiting.filter((job) => !batch.includes(job))
  const pieces = batch.map(({ start, chain, bytes, length }) => ({
    start: start ?? chains.get(chain ?? 0) ?? CHAIN_START,
    bytes: bytes instanceof Uint8Array ? bytes : new Uint8Array(memory.buffer, bytes.at, bytes.size),
    length,
  }))
  const values = kernel.absorbAll(pieces)
  for (const [i, { chain }] of batch.entries())
    if (chain !== undefined) chains.set(chain, values[i] ?? CHAIN_START)
  port?.postMessage(batch.map(({ id }, i) => [id, values[i] ?? CHAIN_START] as const) satisfies Values)
  if (waiting.length > 0) schedule()
}
