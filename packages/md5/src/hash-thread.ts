import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Job } from './batch.ts'
import type { ChainValue } from './chain.ts'
import type { ToHashThread, Values } from './hash-worker.ts'
import type { KernelMemory } from './memory.ts'
import { MAX_LANES } from './work-area.ts'

/** The source runs directly, but a published package consists of JavaScript. */
const ENTRY = new URL(`./hash-worker${extname(import.meta.filename)}`, import.meta.url)

/** How long, in milliseconds, pieces that are not urgent wait for others that fill the remaining lanes. */
const LINGER_MS = 50

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
    return ++this.#lastId
  }

  /** Discards the thread's state of a chain. */
  forget(chain: number): void {
    this.#worker.postMessage({ forget: chain } satisfies ToHashThread)
  }

  /**
   * The chaining value after `bytes`, which must not change until then. They are not copied if they are in
   * the shared memory.
   * @param hurry whether to start without waiting for other pieces
   */
  hash(job: Omit<Job, 'id' | 'bytes'>, bytes: Uint8Array, hurry: boolean): Promise<ChainValue> {
    this.#worker.ref()
    const id = ++this.#lastId
    const isShared = bytes.buffer === this.#memory.buffer
    const place = isShared ? { at: bytes.byteOffset, size: bytes.length } : bytes
    this.#gathered.push({ ...job, id, bytes: place })
    if (hurry || this.#gathered.length === MAX_LANES) this.#post()
    else this.#linger ??= setTimeout(() => this.#post(), LINGER_MS)
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

  #post(): void {
    clearTimeout(this.#linger)
    this.#linger = undefined
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
    clearTimeout(this.#linger)
    this.#linger = undefined
    this.#gathered = []
    for (const { reject } of this.#asked.values()) reject(error)
    this.#asked.clear()
  }
}
