import { BLOCK_SIZE } from '@ftp/md5'
import { LIMITS } from '@ftp/protocol'
import type { Batch } from '../transfer/batch.ts'
import { Fifo } from './fifo.ts'
import type { Job } from './job.ts'

/** How many jobs may wait: enough to estimate the time left, but not millions. */
const MAX_WAITING = 10_000

/** Whether a file travels in one frame, so that many of them may be in flight on one connection. */
export function isSmall({ size }: Job): boolean {
  return size !== undefined && size <= BLOCK_SIZE
}

/** The batch that can move this file in one request with others; undefined if the file must travel alone. */
export function batchOf(job: Job): Batch | undefined {
  return isSmall(job) ? job.batch : undefined
}

/** The most bytes that a header takes for anything but the files of the request. */
const HEADER_BESIDES = 200

/** Counts how full the request of a batch is. */
class BatchFill {
  readonly #batch: Batch
  #files = 0
  #bytes = 0
  #header = HEADER_BESIDES

  constructor(batch: Batch) {
    this.#batch = batch
  }

  /** Counts one more file if the request can hold it. @returns false if it cannot */
  takes(job: Job): boolean {
    const bytes = this.#bytes + (job.size ?? 0)
    const header = this.#header + this.#batch.headerBytes(job)
    if (this.#files === LIMITS.files || bytes > BLOCK_SIZE || header > LIMITS.headerFromClient) return false
    this.#files++
    this.#bytes = bytes
    this.#header = header
    return true
  }
}

/**
 * Jobs in the order in which they are found. Small files have a queue of their own, so that neither kind has
 * to wait for the other.
 */
export class JobQueue {
  readonly #small = new Fifo<Job>()
  readonly #others = new Fifo<Job>()
  #ended = false
  #changed: PromiseWithResolvers<void> | undefined

  add(job: Job): void {
    const queue = isSmall(job) ? this.#small : this.#others
    queue.push(job)
    this.#wake()
  }

  /** Resolves when more jobs may be added. */
  async waitForRoom(): Promise<void> {
    while (this.#isFull && !this.#ended) await this.#change()
  }

  /** Called when no more jobs will be added. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** Drops the jobs that nobody has started. @returns how many they were */
  clear(): number {
    this.end()
    return this.#small.clear() + this.#others.clear()
  }

  /**
   * The next job; undefined if there is none at the moment.
   * @param smallFirst take a large file only if no small one will follow
   */
  take(smallFirst: boolean): Job | undefined {
    const isSettled = this.#ended || this.#isFull || !smallFirst
    const [preferred, rest] = smallFirst ? [this.#small, this.#others] : [this.#others, this.#small]
    const job = preferred.shift() ?? (isSettled ? rest.shift() : undefined)
    if (job !== undefined) this.#wake()
    return job
  }

  /** `first`, and the files behind it that fit into one request with it. */
  takeWith(first: Job): Job[] {
    const batch = batchOf(first)
    const all = [first]
    if (batch === undefined) return all
    const fill = new BatchFill(batch)
    fill.takes(first)
    for (let next = this.#small.first; next !== undefined; next = this.#small.first) {
      if (next.batch !== batch || !fill.takes(next)) break
      this.#small.shift()
      all.push(next)
    }
    if (all.length > 1) this.#wake()
    return all
  }

  /** Waits for a job and takes it, as {@link take} does; undefined at the end. */
  async next(smallFirst: boolean): Promise<Job | undefined> {
    for (;;) {
      const job = this.take(smallFirst)
      if (job !== undefined || this.#ended) return job
      await this.#change()
    }
  }

  get #isFull(): boolean {
    return this.#small.length + this.#others.length >= MAX_WAITING
  }

  async #change(): Promise<void> {
    this.#changed ??= Promise.withResolvers()
    await this.#changed.promise
  }

  #wake(): void {
    this.#changed?.resolve()
    this.#changed = undefined
  }
}
