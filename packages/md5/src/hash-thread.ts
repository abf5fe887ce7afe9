import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Job } from './batch.ts'
import type { ChainValue } from './chain.ts'
import type { ToHashThread, Values } from './hash-worker.ts'
import type { KernelMemory } from './memory.ts'
import { MAX_LANES } from './work-area.ts'

/** The source runs directly, but a published package consists of JavaScript. */
const ENTRY = new URL(`./hash-worker${extname(import.meta.filename)}`, import.meta.url)

/**
 * How long, in milliseconds, pieces that are not urgent wait for others that fill the remaining lanes. What waits is
 * lost if this process is killed.
 */
const LINGER_MS = 50
/**
 * How long, in milliseconds, a piece of a chain waits for pieces of the other chains. In less time than that, one
 * piece is hashed alone.
 */
const CHAIN_LINGER_MS = 1

interface Asked {
  readonly resolve: (value: ChainValue) => void
  readonly reject: (error: Error) => void
}

/** A thread that hashes bytes in a memory that it shares with its owner. */
export class HashThread implements Disposable {
  readonly #memory: KernelMemory
  readonly #worker: Worker
  /** The jobs that have not been answered. */
  readonly #asked = new Map<number, Asked>()
  /**
   * The jobs to be sent in the next message. They are collected, because waking the thread costs more than
   * the jobs themselves.
   */
  #gathered: Job[] = []
  #linger: NodeJS.Timeout | undefined
  /** When the gathered jobs will be sent, in milliseconds of `performance.now()`. */
  #lingersUntil = Number.POSITIVE_INFINITY
  /** The chains that have begun and have not been forgotten, and those of which a job has been gathered. */
  readonly #chains = new Set<number>()
  readonly #gatheredChains = new Set<number>()
  #isOnline = false
  #lastId = 0

  /** @param onDied called if the thread dies; its unanswered jobs then fail */
  constructor(memory: KernelMemory, onDied: () => void) {
    this.#memory = memory
    this.#worker = new Worker(ENTRY, { workerData: { memory } })
    this.#worker.on('online', () => {
      this.#isOnline = true
    })
    this.#worker.on('message', (values: Values) => this.#receive(values))
    this.#worker.on('error', (cause) => {
      this.#fail(new Error('the hashing thread died', { cause }))
      onDied()
    })
    // Do this after adding the listeners, because these make the worker keep the program running.
    this.#worker.unref()
  }

  /** Whether the thread accepts jobs yet. Nobody waits for its start. */
  get isOnline(): boolean {
    return this.#isOnline
  }

  /** A new number, for a chain that the thread is to continue. */
  nextChain(): number {
    const chain = ++this.#lastId
    this.#chains.add(chain)
    return chain
  }

  /** Discards the thread's state of a chain. */
  forget(chain: number): void {
    this.#chains.delete(chain)
    if (this.#gatheredChains.size >= this.#chains.size) this.hurry()
    this.#worker.postMessage({ forget: chain } satisfies ToHashThread)
  }

  /**
   * The chaining value after `bytes`, which must not change until then. They are not copied if they are in
   * the shared memory. A piece of a chain waits until there is one of every other chain, but not long.
   * @param hurry whether to start without waiting for other pieces
   */
  hash(job: Omit<Job, 'id' | 'bytes'>, bytes: Uint8Array, hurry: boolean): Promise<ChainValue> {
    this.#worker.ref()
    const id = ++this.#lastId
    const isShared = bytes.buffer === this.#memory.buffer
    const place = isShared ? { at: bytes.byteOffset, size: bytes.length } : bytes
    this.#gathered.push({ ...job, id, bytes: place })
    if (job.chain !== undefined) this.#gatheredChains.add(job.chain)
    const hasAll = job.chain !== undefined && this.#gatheredChains.size >= this.#chains.size
    if (hurry || hasAll || this.#gathered.length === MAX_LANES) this.#post()
    else this.#postWithin(job.chain === undefined ? LINGER_MS : CHAIN_LINGER_MS)
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }))
  }

  /** Ends the thread. Its unanswered jobs fail. */
  [Symbol.dispose](): void {
    this.#fail(new Error('the hashing thread has been ended'))
    void this.#worker.terminate()
  }

  /** Hashes what waits for others at once: the blocks that it occupies are wanted. */
  hurry(): void {
    if (this.#gathered.length > 0) this.#post()
  }

  #postWithin(ms: number): void {
    const end = performance.now() + ms
    if (end >= this.#lingersUntil) return
    this.#lingersUntil = end
    clearTimeout(this.#linger)
    this.#linger = setTimeout(() => this.#post(), ms)
  }

  #stopLingering(): void {
    clearTimeout(this.#linger)
    this.#lingersUntil = Number.POSITIVE_INFINITY
    this.#gatheredChains.clear()
  }

  #post(): void {
    this.#stopLingering()
    this.#worker.postMessage({ jobs: this.#gathered } satisfies ToHashThread)
    this.#gathered = []
  }

  #receive(values: Values): void {
    for (const [id, value] of values) {
      this.#asked.get(id)?.resolve(value)
      this.#asked.delete(id)
    }
    // Without unanswered jobs, the thread must not keep the program running.
    if (this.#asked.size === 0) this.#worker.unref()
  }

  #fail(error: Error): void {
    this.#stopLingering()
    this.#gathered = []
    for (const { reject } of this.#asked.values()) reject(error)
    this.#asked.clear()
  }
}
