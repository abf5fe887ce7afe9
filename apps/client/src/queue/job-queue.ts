import { BLOCK_SIZE } from '@ftp/md5'
import { LIMITS } from '@ftp/protocol'
import type { Together } from '../transfer/batch.ts'
import { Fifo } from './fifo.ts'
import type { Job } from './job.ts'

/** How many jobs may be known that nobody has begun: many, for the time that is left to be known, but not millions. */
const AHEAD = 10_000

/** Whether a file travels in one frame, so that many of them may be under way on one connection. */
export function isSmall({ size }: Job): boolean {
  return size !== undefined && size <= BLOCK_SIZE
}

/** What can move a file with others. */
export function togetherOf(job: Job): Together | undefined {
  return isSmall(job) ? job.together : undefined
}

/** What a header has besides the files that it speaks of, at most. */
const HEADER_BESIDES = 200

/** How full one request is that moves files together. */
class Fill {
  readonly #together: Together
  #files = 0
  #bytes = 0
  #header = HEADER_BESIDES

  constructor(together: Together) {
    this.#together = together
  }

  /** Whether there is room for one more, which then counts. */
  takes(job: Job): boolean {
    const bytes = this.#bytes + (job.size ?? 0)
    const header = this.#header + this.#together.headerBytes(job)
    if (this.#files === LIMITS.files || bytes > BLOCK_SIZE || header > LIMITS.headerFromClient) return false
    this.#files++
    this.#bytes = bytes
    this.#header = header
    return true
  }
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

  /** The files behind `first` that can be moved together with it, as far as one request has room for them. */
  takeWith(first: Job): Job[] {
    const together = togetherOf(first)
    const all = [first]
    if (together === undefined) return all
    const fill = new Fill(together)
    fill.takes(first)
    for (let next = this.#small.first; next !== undefined; next = this.#small.first) {
      if (next.together !== together || !fill.takes(next)) break
      this.#small.shift()
      all.push(next)
    }
    if (all.length > 1) this.#wake()
    return all
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
