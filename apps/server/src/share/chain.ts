import {
  BLOCK_SIZE,
  type Block,
  type Blocks,
  CHAIN_VALUE_SIZE,
  type ChainValue,
  GrowingChain,
  hashAhead,
} from '@ftp/md5'
import type { Digests } from '../databases/sqlite/digests.ts'
import type { SourceFile } from '../storage/storage.ts'
import type { Share } from './share.ts'

/** The hasher, and the memory for the blocks that it hashes. */
export type Hashing = Pick<Share, 'hasher' | 'blocks'>

/**
 * The MD5 chain of one file version, known as far as the file has been hashed. Disposing of this object saves
 * newly computed values in the digest store, so that no byte of a version is hashed twice.
 */
export class FileChain implements Disposable {
  readonly #file: SourceFile
  readonly #blocks: Blocks
  readonly #digests: Digests | undefined
  readonly #chain: GrowingChain
  readonly #known: { readonly blocks: number; readonly md5: boolean }

  /** @param digests undefined if nothing is to be looked up or saved */
  constructor(file: SourceFile, { hasher, blocks }: Hashing, digests: Digests | undefined) {
    this.#file = file
    this.#blocks = blocks
    this.#digests = digests
    const found = digests?.find(file.version)
    const whole = Math.floor(file.entry.size / BLOCK_SIZE) * CHAIN_VALUE_SIZE
    const digest = found !== undefined && found.chain.length <= whole ? found : undefined
    this.#chain = new GrowingChain(hasher, split(digest?.chain ?? new Uint8Array(0)), digest?.md5)
    this.#known = { blocks: this.#chain.values.length, md5: digest?.md5 !== undefined }
  }

  /** The MD5 of the whole file, if it is known without reading the file. */
  get md5(): Uint8Array | undefined {
    return this.#chain.md5
  }

  /** The number of blocks, from the first on, whose chaining values are known. */
  get blocks(): number {
    return this.#chain.values.length
  }

  /**
   * As in GrowingChain. @throws RangeError if fewer than `blocks` blocks have been hashed: see
   * {@link extendTo}
   */
  valueAfter(blocks: number): Uint8Array {
    return this.#chain.valueAfter(blocks)
  }

  /**
   * Hashes the file until the chain covers its first `blocks` blocks. After each block, yields the number of
   * bytes hashed so far, counted from the start of the file.
   * @param signal its abort ends the wait for memory
   * @throws TransferError `changed`
   */
  async *extendTo(blocks: number, signal?: AbortSignal): AsyncGenerator<number> {
    const known = this.#chain.values.length
    if (known >= blocks) return
    const pieces = hashAhead(known, {
      read: (index) => this.#readBlock(index, signal),
      isLast: ({ index }) => index === blocks - 1,
      hash: ({ block, index }) => this.record(index, block.bytes),
    })
    for await (const { read } of pieces) {
      read.block[Symbol.dispose]()
      yield (read.index + 1) * BLOCK_SIZE
    }
  }

  async #readBlock(
    index: number,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly index: number; readonly block: Block }> {
    using block = await this.#blocks.take({ signal })
    if ((await this.#file.read(block.bytes, index * BLOCK_SIZE)) < BLOCK_SIZE) this.#file.requireUnchanged()
    return { index, block: block.move() }
  }

  /** Hashes a block that has been read, as in GrowingChain. @returns the chaining value after it */
  async record(index: number, block: Uint8Array): Promise<ChainValue> {
    return await this.#chain.record(index, block)
  }

  /** Hashes the last bytes of the file, possibly none or a whole block. @returns the file's MD5 */
  async finish(tail: Uint8Array): Promise<Uint8Array> {
    return await this.#chain.finish(tail, this.#file.entry.size)
  }

  [Symbol.dispose](): void {
    this.#chain[Symbol.dispose]()
    const { values, md5 } = this.#chain
    const learnt = values.length > this.#known.blocks || (md5 !== undefined && !this.#known.md5)
    if (!learnt || !this.#file.settled) return
    this.#digests?.record(this.#file.version, { chain: Buffer.concat(values), md5 })
  }
}

function split(chain: Uint8Array): Uint8Array[] {
  const values: Uint8Array[] = []
  for (let at = 0; at < chain.length; at += CHAIN_VALUE_SIZE)
    values.push(chain.subarray(at, at + CHAIN_VALUE_SIZE))
  return values
}
