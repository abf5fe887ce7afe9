import fs from 'node:fs'
import { type Entry, type IfExists, TransferError } from '@ftp/protocol'
import { LocalFile, partialOf, resolveLinks } from './local-file.ts'
import type { Sink } from './sink.ts'
import { WholeFile } from './whole-file.ts'

/**
 * Where a file goes that is to become a local one. A small one that comes whole is written at once; any other becomes
 * a partial, or continues the one that an earlier attempt has left.
 */
export class LocalSink implements Sink, Disposable {
  readonly isFinal = false
  readonly #target: string
  #partial: LocalFile | undefined
  #whole: WholeFile | undefined

  /** @param target the final name; a link is followed, so that it goes on pointing to the file */
  constructor(target: string) {
    this.#target = resolveLinks(target)
    if (fs.lstatSync(partialOf(this.#target), { throwIfNoEntry: false })) this.#openPartial()
  }

  get size(): number {
    return this.#partial?.size ?? 0
  }

  async read(buffer: Uint8Array, offset: number): Promise<number> {
    return (await this.#partial?.read(buffer, offset)) ?? 0
  }

  async write(bytes: Uint8Array, offset: number, whole: boolean): Promise<void> {
    if (!whole || this.#partial !== undefined) return await this.#openPartial().write(bytes, offset)
    this.#whole?.[Symbol.dispose]()
    this.#whole = new WholeFile(this.#target, bytes)
  }

  truncate(size: number): void {
    this.#partial?.truncate(size)
  }

  requireSpace(length: number): void {
    this.#openPartial().requireSpace(length)
  }

  /**
   * Gives what was written the final name, with the entry's time and permission bits.
   * @returns false when `ifExists` says to leave the existing file
   */
  async commit(entry: Entry, ifExists: IfExists): Promise<boolean> {
    const file = this.#partial ?? this.#whole
    if (file === undefined) throw new TransferError('internal', 'nothing was written')
    return await file.commit(entry, ifExists)
  }

  [Symbol.dispose](): void {
    this.#partial?.[Symbol.dispose]()
    this.#whole?.[Symbol.dispose]()
  }

  #openPartial(): LocalFile {
    this.#partial ??= new LocalFile(this.#target)
    return this.#partial
  }
}
