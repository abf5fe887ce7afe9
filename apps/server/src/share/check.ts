import { BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, Kernel, sameValue } from '@ftp/md5'
import { type RemotePath, TransferError } from '@ftp/protocol'
import type { Digests } from '../databases/sqlite/digests.ts'
import type { Storage } from '../storage/storage.ts'

/** The result of checking a stored file. */
export type Finding =
  /** Every byte is as it was when the digest of the file was stored. */
  | { readonly type: 'right'; readonly bytes: number }
  /**
   * No digest of this version is stored, for example because another program wrote the file and nobody has
   * fetched it.
   */
  | { readonly type: 'unknown' }
  /**
   * The content has changed although the file's metadata show no write: either the disk or the digest is
   * damaged.
   */
  | { readonly type: 'damaged'; readonly version: string; readonly offset: number }
  | { readonly type: 'failed'; readonly reason: string }

/** Compares stored files with their stored digests. */
export class Checker {
  readonly #storage: Storage
  readonly #digests: Digests
  readonly #kernel = new Kernel()

  constructor(storage: Storage, digests: Digests) {
    this.#storage = storage
    this.#digests = digests
  }

  /**
   * Reads a file and compares it with its digest. A file that changes or disappears meanwhile is `unknown`;
   * any other error makes the result `failed`.
   * @param onRead called and awaited after each read, with the number of bytes read
   */
  async check(
    path: RemotePath,
    onRead: (bytes: number) => void | Promise<void> = () => {},
  ): Promise<Finding> {
    try {
      await using file = this.#storage.open(path)
      const digest = this.#digests.find(file.version)
      if (digest?.md5 === undefined) return { type: 'unknown' }
      const buffer = Buffer.allocUnsafeSlow(Math.min(file.entry.size, BLOCK_SIZE))
      let value = CHAIN_START
      for (let offset = 0; ; offset += BLOCK_SIZE) {
        const read = await file.read(buffer, offset)
        const end = offset + read
        await onRead(read)
        if (read < BLOCK_SIZE) {
          file.requireUnchanged()
          const isRight =
            end === file.entry.size &&
            sameValue(this.#kernel.finish(value, buffer.subarray(0, read), end), digest.md5)
          return isRight ? { type: 'right', bytes: end } : { type: 'damaged', version: file.version, offset }
        }
        value = this.#kernel.absorb(value, buffer)
        const at = (offset / BLOCK_SIZE) * CHAIN_VALUE_SIZE
        const known = digest.chain.subarray(at, at + CHAIN_VALUE_SIZE)
        if (known.length > 0 && !sameValue(value, known)) {
          file.requireUnchanged()
          return { type: 'damaged', version: file.version, offset }
        }
      }
    } catch (error) {
      const { code, message } = TransferError.from(error)
      // The file was replaced or removed during the check, so the digest says nothing about it.
      if (code === 'changed' || code === 'not_found') return { type: 'unknown' }
      return { type: 'failed', reason: message }
    }
  }
}
