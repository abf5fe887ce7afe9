import { absorb, BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, finish } from '@ftp/md5'
import type { Digests } from '../state/digests.ts'
import type { SourceFile } from '../storage/storage.ts'

/**
 * The MD5 chain of one file version, known as far as somebody has hashed. What is learnt is kept in the digest
 * store when this is disposed of, so that no byte of a version is hashed twice.
 */
export class FileChain implements Disposable {
  readonly #file: SourceFile
  readonly #digests: Digests | undefined
  readonly #values: Uint8Array[]
  readonly #known: number
  #md5: Uint8Array | undefined

  /** @param digests undefined where nothing is to be looked up or kept */
  constructor(file: SourceFile, digests: Digests | undefined) {
    this.#file = file
    this.#digests = digests
    const found = digests?.find(file.version)
    const whole = Math.floor(file.entry.size / BLOCK_SIZE) * CHAIN_VALUE_SIZE
    const digest = found !== undefined && found.chain.length <= whole ? found : undefined
    this.#values = split(digest?.chain ?? new Uint8Array(0))
    this.#known = this.#values.length
    this.#md5 = digest?.md5
  }

  /** The MD5 of the whole file, where it is known without reading. */
  get md5(): Uint8Array | undefined {
    return this.#md5
  }

  /**
   * The chaining value after the first `blocks` blocks.
   * @throws RangeError when that many have not been hashed: see {@link reach}
   */
  valueAfter(blocks: number): Uint8Array {
    const value = blocks === 0 ? CHAIN_START : this.#values[blocks - 1]
    if (value === undefined)
      throw new RangeError(`the chain is known for ${this.#values.length} blocks, not ${blocks}`)
    return value
  }

  /** Reads and hashes up to the first `blocks` blocks; yields bytes done before each block that must be read. */
  async *reach(blocks: number): AsyncGenerator<number> {
    const buffer = Buffer.allocUnsafeSlow(BLOCK_SIZE)
    while (this.#values.length < blocks) {
      const offset = this.#values.length * BLOCK_SIZE
      yield offset
      if ((await this.#file.read(buffer, offset)) < BLOCK_SIZE) this.#file.requireUnchanged()
      this.learn(this.#values.length, buffer)
    }
  }

  /**
   * Takes a block that has been read.
   * @param index its number; all blocks before it must be known
   * @returns the chaining value after it
   */
  learn(index: number, block: Uint8Array): Uint8Array {
    if (block.length !== BLOCK_SIZE)
      throw new RangeError(`a block has ${BLOCK_SIZE} bytes, not ${block.length}`)
    if (index === this.#values.length) this.#values.push(absorb(this.valueAfter(index), block))
    return this.valueAfter(index + 1)
  }

  /** Takes the last bytes of the file, possibly none or a whole block. @returns the file's MD5 */
  finish(tail: Uint8Array): Uint8Array {
    const { size } = this.#file.entry
    const whole = tail.length === BLOCK_SIZE
    if (whole) this.learn(size / BLOCK_SIZE - 1, tail)
    const blocks = Math.floor(size / BLOCK_SIZE)
    this.#md5 ??= finish(this.valueAfter(blocks), whole ? new Uint8Array(0) : tail, size)
    return this.#md5
  }

  [Symbol.dispose](): void {
    const learnt =
      this.#values.length > this.#known ||
      (this.#md5 !== undefined && !this.#digests?.find(this.#file.version)?.md5)
    if (!learnt || !this.#file.settled) return
    this.#digests?.learn(this.#file.version, { chain: Buffer.concat(this.#values), md5: this.#md5 })
  }
}

function split(chain: Uint8Array): Uint8Array[] {
  const values: Uint8Array[] = []
  for (let at = 0; at < chain.length; at += CHAIN_VALUE_SIZE)
    values.push(chain.subarray(at, at + CHAIN_VALUE_SIZE))
  return values
}
