import { BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, type Checkpoint, Intake, proveBlocks } from '@ftp/md5'
import { TransferError } from '@ftp/protocol'
import type { Content } from './hashed-partial.ts'
import { type Outcome, Upload } from './upload.ts'

/**
 * An upload by a client that sends the file's chain. New bytes are verified against it after they have been
 * written; bytes from an earlier attempt, before any are added to them.
 */
export class ChainedUpload extends Upload {
  readonly #values: Uint8Array[] = []
  #intake: Intake | undefined
  /** The size and MD5 of the whole file, as the sender claimed them with the last bytes. */
  #end: { readonly md5: Uint8Array; readonly size: number } | undefined

  /** The number of bytes that an earlier attempt left, not yet verified. */
  get held(): number {
    return this.partial.size
  }

  override get position(): number {
    return this.#intake?.checkpoint.length ?? this.#checkpoint.length
  }

  /**
   * Checks held blocks against the sender's chaining values, beginning at `position`.
   * @param chain 16 bytes for each block
   * @returns false if a block does not match; `position` is then the start of that block
   */
  async prove(chain: Uint8Array): Promise<boolean> {
    const read = (buffer: Uint8Array, at: number): Promise<number> => this.partial.read(buffer, at)
    const { hasher, blocks } = this.share
    const values = await proveBlocks(hasher, { from: this.#checkpoint, claims: chain, read, blocks })
    this.#values.push(...values)
    return values.length === chain.length / CHAIN_VALUE_SIZE
  }

  /**
   * Begins to receive new bytes, after discarding held bytes that are not proven.
   * @param damaged called with the offset of a block that does not match its chaining value and has to be
   * received again
   */
  async receive(damaged: (offset: number) => void): Promise<Intake> {
    const { position } = this
    if (this.partial.size > position) await this.partial.truncate(position)
    const write = async (bytes: Uint8Array, at: number): Promise<void> => {
      await this.grow(at + bytes.length)
      await this.partial.write(bytes, at)
    }
    this.#intake = new Intake(this.share.hasher, this.#checkpoint, write, { proven: () => {}, damaged })
    return this.#intake
  }

  /** Stores the size and MD5 that the sender claims with its last bytes. */
  ends(size: number, md5: Uint8Array): void {
    this.#end = { size, md5 }
  }

  /** The end of the proven bytes of earlier attempts, and the chaining value there. */
  get #checkpoint(): Checkpoint {
    return { length: this.#values.length * BLOCK_SIZE, value: this.#values.at(-1) ?? CHAIN_START }
  }

  protected override async content(): Promise<Content> {
    const { md5, size } = this.#end ?? {}
    if (md5 === undefined || this.position !== size)
      throw new TransferError('checksum', 'the upload is not complete')
    return { size, md5, chain: Buffer.concat([...this.#values, ...(this.#intake?.values ?? [])]) }
  }

  /**
   * Turns the verified bytes into the file, durably.
   * @throws TransferError `checksum` if the upload is incomplete; also whatever PartialFile.commit throws
   */
  async commit(): Promise<Outcome> {
    return (await this.publish()).outcome
  }
}
