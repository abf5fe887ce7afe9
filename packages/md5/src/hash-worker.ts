import { parentPort, workerData } from 'node:worker_threads'
import { type Job, nextBatch } from './batch.ts'
import { CHAIN_START, type ChainValue } from './chain.ts'
import { Kernel } from './kernel.ts'
import type { KernelMemory } from './memory.ts'

/*
 * The entry point of a hashing thread. It absorbs pieces in the memory that it shares with the thread that
 * started it, as many side by side as there are lanes.
 */

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
  const batch = nextBatch(waiting)
  if (batch.length > 0) run(batch)
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
