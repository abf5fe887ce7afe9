import { BLOCK_SIZE } from '@ftp/md5'
import { Fifo } from '../fifo.ts'
import type { Job } from '../job.ts'

/** How many jobs may be known that nobody has begun: many, for the time that is left to be known, but not millions. */
const AHEAD = 10_000

/** Whether a file travels in one frame, so that many of them may be under way on one connection. */
export function isSmall({ size }: Job): boolean {
  return size !== undefined && size <= BLOCK_SIZE
}

/** Jobs as they are found, small files and others apart: neither kind has to wait for the end of the other. */
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

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.#isFull && !this.#ended) await this.#change()
  }

  /** No more will come. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** Drops what nobody has begun. @returns how many that were */
  clear(): number {
    this.end()
    return this.#small.clear() + this.#others.clear()
  }

  /**
   * The next job, where there is one now.
   * @param smallFirst take a large file only when there will be no small one
   */
  take(smallFirst: boolean): Job | undefined {
    const isSettled = this.#ended || this.#isFull || !smallFirst
    const [preferred, rest] = smallFirst ? [this.#small, this.#others] : [this.#others, this.#small]
    const job = preferred.shift() ?? (isSettled ? rest.shift() : undefined)
    if (job !== undefined) this.#wake()
    return job
  }

  /** {@link take}, when there is one; undefined at the end. */
  async next(smallFirst: boolean): Promise<Job | undefined> {
    for (;;) {
      const job = this.take(smallFirst)
      if (job !== undefined || this.#ended) return job
      await this.#change()
    }
  }

  get #isFull(): boolean {
    return this.#small.length + this.#others.length >= AHEAD
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
