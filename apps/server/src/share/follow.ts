import { createHash, type Hash } from 'node:crypto'
import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { SourceFile } from '../storage/storage.ts'
import { record } from './audit.ts'
import { requirePermission, type Share } from './share.ts'

/** The most bytes read at a time: few, so that many followers need little memory. */
export const APPENDED = 65_536

/** Bytes by which a file has grown. */
export interface Appended {
  readonly offset: number
  /** At most {@link APPENDED} bytes. */
  readonly bytes: Uint8Array
  /** The MD5 of the file from its start to the end of these bytes. */
  readonly md5: Uint8Array
}

/** A file that is read while it grows. */
export class Following implements AsyncDisposable {
  readonly file: SourceFile
  readonly #share: Share
  readonly #path: RemotePath
  readonly #start: number
  readonly #hash: Hash = createHash('md5')
  #position = 0

  constructor(share: Share, path: RemotePath, file: SourceFile, start: number) {
    this.#share = share
    this.#path = path
    this.file = file
    this.#start = start
  }

  /** All bytes before this offset have been read. */
  get position(): number {
    return this.#position
  }

  /**
   * The next bytes that the file has gained; undefined if there are none yet.
   * @throws TransferError `changed` if the file has become shorter
   */
  async next(): Promise<Appended | undefined> {
    const size = this.file.sizeNow()
    if (size < this.#position)
      throw new TransferError('changed', `"${formatPath(this.#path)}" has become shorter on the server`)
    return size === this.#position ? undefined : await this.#take(size)
  }

  /**
   * Reads the part of the file that the client already has, and compares it with the client's MD5.
   * @param md5 in hex; undefined if, and only if, the offset is 0
   * @throws TransferError `changed` if the file does not begin with these bytes, `bad_request` if there is an
   * offset without an MD5 or an MD5 without an offset
   */
  async prove(
    md5: string | undefined,
    onProgress: (done: number, total: number) => Promise<void>,
  ): Promise<void> {
    const start = this.#start
    if ((md5 === undefined) !== (start === 0))
      throw new TransferError('bad_request', 'an offset comes with the MD5 of the bytes before it')
    while (this.#position < Math.min(start, this.file.sizeNow())) {
      await this.#take(start)
      await onProgress(this.#position, start)
    }
    const held = this.#hash.copy().digest('hex')
    if (md5 !== undefined && (this.#position < start || held !== md5))
      throw new TransferError('changed', `"${formatPath(this.#path)}" does not begin with what is held of it`)
  }

  async #take(end: number): Promise<Appended> {
    const offset = this.#position
    const buffer = Buffer.allocUnsafe(Math.min(APPENDED, end - offset))
    const bytes = buffer.subarray(0, await this.file.read(buffer, offset))
    this.#position += bytes.length
    this.#hash.update(bytes)
    return { offset, bytes, md5: this.#hash.copy().digest() }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const size = this.#position - this.#start
    record(this.#share, { action: 'get', path: this.#path, size: Math.max(0, size), outcome: 'ok' })
    await this.file[Symbol.asyncDispose]()
  }
}

/** Opens a file for a client that wants the bytes after `offset`, and all bytes that are appended later. */
export async function follow(share: Share, path: RemotePath, offset: number): Promise<Following> {
  requirePermission(share, 'read')
  return new Following(share, path, share.storage.open(path), offset)
}
