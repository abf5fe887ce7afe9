import { TransferError } from '@ftp/protocol'
import type { Content } from './hashed-partial.ts'
import { type Committed, Upload } from './upload.ts'
import type { VerifiedFile } from './verified-file.ts'

/** A file that gets its bytes and its digest from another one. */
export class CopiedFile extends Upload {
  #content: Content | undefined
  #position = 0

  override get position(): number {
    return this.#position
  }

  /**
   * Writes all bytes of a file, which has to stay open until the commit.
   * @param signal its abort ends the copy
   * @param onBytes called with the number of bytes written so far
   * @throws TransferError `changed`, `checksum`, `no_space`, and the signal's reason
   */
  async fill(source: VerifiedFile, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<void> {
    for await (const { offset, block } of source.slices({ start: 0, end: source.entry.size }, signal)) {
      using slice = block
      signal.throwIfAborted()
      await this.partial.write(slice.bytes, offset)
      this.#position = offset + slice.length
      onBytes(this.#position)
    }
    const { size } = source.entry
    // The bytes have been checked against the digest, or it has been computed from them.
    this.#content = source.content ?? { size, md5: await source.computeMd5(signal), chain: new Uint8Array(0) }
  }

  protected override async content(): Promise<Content> {
    if (this.#content === undefined) throw new TransferError('internal', 'a copy that has not been filled')
    return this.#content
  }

  commit(): Promise<Committed> {
    return this.publish()
  }

  /** The copy as a whole is recorded, which may be a tree. */
  protected override recordOutcome(): void {}

  protected override recordEnd(): void {}
}
