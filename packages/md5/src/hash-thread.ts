import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ChainValue } from './chain.ts'
import type { Job, ToHashThread, Values } from './hash-worker.ts'
import type { KernelMemory } from './memory.ts'
import { MAX_LANES } from './work-area.ts'

/** The source runs as it is, a published package as JavaScript. */
const ENTRY = new URL(`./hash-worker${extname(import.meta.filename)}`, import.meta.url)

/** How long pieces that are in no hurry wait for the next one, to fill the lanes with it, in milliseconds. */
const LINGER_MS = 50

interface Asked {
  readonly resolve: (value: ChainValue) => void
  readonly reject: (error: Error) => void
}

/** A thread that hashes what lies in a memory that it shares with its owner. */
export class HashThread implements Disposable {
  readonly #memory: KernelMemory
  readonly #worker: Worker
  /** What has been asked of it and not been answered. */
  readonly #asked = new Map<number, Asked>()
  /** What goes to it in one message: a message wakes it, and each costs more than what it carries. */
  #gathered: Job[] = []
  #linger: NodeJS.Timeout | undefined
  #isOnline = false
  #lastId = 0

  /** @param onDied called if it dies; what it was asked fails */
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
    // After the listeners, which make it a reason to go on.
    this.#worker.unref()
  }

  /** Whether it takes work yet: nobody waits for it to start. */
  get isOnline(): boolean {
    return this.#isOnline
  }

  /** A number for a chain that it is to continue. */
  nextChain(): number {
    return ++this.#lastId
  }

  /** Drops what it knows of a chain. */
  forget(chain: number): void {
    this.#worker.postMessage({ forget: chain } satisfies ToHashThread)
  }

  /**
   * The value behind `bytes`, which must stay as they are until then; they are not copied if they are in the memory.
   * @param hurry do not wait for others
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

  /** Ends it. What it was asked fails. */
  [Symbol.dispose](): void {
    this.#fail(new Error('the hashing thread has been ended'))
    void this.#worker.terminate()
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
    // Nobody waits: it is no reason for the program to go on.
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
