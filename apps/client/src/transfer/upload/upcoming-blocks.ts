import type { Hashed } from '@ftp/md5'
import type { SourceBlock } from './source-chain.ts'

type HashedBlock = Hashed<SourceBlock, Uint8Array>

/** Blocks of a source in their order. The next one can be awaited beside something else, and taken later. */
export class UpcomingBlocks implements AsyncDisposable {
  readonly #blocks: AsyncGenerator<HashedBlock>
  #next: Promise<IteratorResult<HashedBlock>> | undefined

  constructor(blocks: AsyncGenerator<HashedBlock>) {
    this.#blocks = blocks
  }

  /** Begins to read and hash blocks, although nobody waits for the first one yet. */
  start(): void {
    // Whoever awaits the block handles a failure; perhaps nobody does.
    this.next().catch(() => {})
  }

  /** The next block: the same one until it is taken. */
  next(): Promise<IteratorResult<HashedBlock>> {
    this.#next ??= this.#blocks.next()
    return this.#next
  }

  /** Makes the caller the owner of the block that {@link next} has returned. */
  take(): void {
    this.#next = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const next = this.#next
    this.#next = undefined
    try {
      ;(await next)?.value?.read.block[Symbol.dispose]()
    } finally {
      await this.#blocks.return(undefined)
    }
  }
}
