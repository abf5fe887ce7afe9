import type { Block } from '@ftp/md5'
import type { ByteRange } from './ranges-ahead.ts'

/** The maximum number of blocks that may be on their way to the disk and the hash. */
const MOST = 6

/** The blocks of a file that are on their way to the disk and the hash. Each is given back when nothing uses it any more. */
export class BlocksUnderWay {
  readonly #ranges = new Set<ByteRange>()
  /** Settles after the last of them, and what is done then. */
  #last: Promise<void> = Promise.resolve()
  #failure: unknown
  /** Whether one has failed, as far as `next` has been called. */
  #isBroken = false
  #waiting: (() => void)[] = []

  /**
   * Follows a block, which is taken over.
   * @param start where it belongs in the file
   * @param uses settle when they no longer need the block
   * @param next is called after that, in the order in which the blocks came, unless this one or one before it has failed
   */
  follow(
    block: Block,
    start: number,
    uses: readonly (Promise<unknown> | undefined)[],
    next: () => Promise<void> | undefined,
  ): void {
    const range = { start, end: start + block.length }
    this.#ranges.add(range)
    const used = Promise.allSettled(uses).then((ends) => {
      block[Symbol.dispose]()
      this.#ranges.delete(range)
      for (const end of ends) if (end.status === 'rejected') this.#failure ??= end.reason
      for (const wake of this.#waiting.splice(0)) wake()
      return ends.every(({ status }) => status === 'fulfilled')
    })
    this.#last = this.#last.then(async () => {
      const isWell = await used
      // Bytes after a failed write prove nothing; those before it still do.
      this.#isBroken ||= !isWell
      if (!this.#isBroken) await next()
    })
  }

  /** Whether one of them has bytes of a range. */
  overlaps({ start, end }: ByteRange): boolean {
    return [...this.#ranges].some((range) => range.start < end && start < range.end)
  }

  /** Resolves when not too many are under way, or one has failed. */
  async room(): Promise<void> {
    while (this.#ranges.size > MOST && this.#failure === undefined)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** @throws whatever has failed first */
  requireWell(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Resolves when nothing is under way any more, whether or not it has failed. */
  async ended(): Promise<void> {
    await this.#last
  }
}
