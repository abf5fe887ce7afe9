import path from 'node:path'
import { explain } from '@ftp/files'
import { type Entry, type IfExists, LIMITS, namesFor, printable, TransferError } from '@ftp/protocol'
import { type LocalDisk, localDisk } from '../local/local-disk.ts'
import { LocalFolder } from '../local/local-folder.ts'
import { PartialFile, partialOf, resolveLinks } from '../local/partial-file.ts'
import { WholeFile } from '../local/whole-file.ts'
import type { Sink } from './sink.ts'

/**
 * A sink for a file that is to become a local one. A small file that arrives whole is written at once. Any
 * other is written to a partial file, continuing the one of an earlier attempt if there is one.
 */
export class LocalSink implements Sink, Disposable {
  readonly isFinal = false
  readonly window = LIMITS.windowMax
  readonly #target: string
  readonly #ifExists: IfExists
  readonly #disk: LocalDisk
  #partial: PartialFile | undefined
  #whole: WholeFile | undefined

  /** @param target the final name; a link is followed, so that it keeps pointing to the file */
  constructor(target: string, ifExists: IfExists, disk: LocalDisk = localDisk) {
    this.#target = ifExists === 'rename' ? path.resolve(target) : resolveLinks(target, disk)
    this.#ifExists = ifExists
    this.#disk = disk
    const [first] = this.#candidates().take(1)
    if (first !== undefined && this.#isThere(partialOf(first))) this.#openPartial()
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
    const folder = new LocalFolder(path.dirname(this.#target), this.#disk)
    try {
      this.#whole = new WholeFile(folder, path.basename(this.#target))
      await this.#whole.write(bytes)
    } catch (error) {
      throw this.#explain(error)
    }
  }

  async passed(): Promise<void> {}

  async truncate(size: number): Promise<void> {
    await this.#partial?.truncate(size)
  }

  requireSpace(length: number): void {
    this.#openPartial().requireSpace(length)
  }

  /**
   * Durably gives the written bytes their final name, with the entry's time and permission bits.
   * @returns the name they got, which differs from the given one only with `rename`; undefined if the policy
   *   leaves the existing file
   */
  async commit(entry: Entry): Promise<string | undefined> {
    const file = this.#partial ?? this.#whole
    if (file === undefined) throw new TransferError('internal', 'nothing was written')
    try {
      return await file.commit(entry, this.#ifExists)
    } catch (error) {
      throw this.#explain(error)
    }
  }

  [Symbol.dispose](): void {
    this.#partial?.[Symbol.dispose]()
    this.#whole?.[Symbol.dispose]()
  }

  #openPartial(): PartialFile {
    this.#partial ??= this.#openFirst()
    return this.#partial
  }

  /**
   * With `rename`, several files may be on their way to one name: each takes the partial file of the next
   * name.
   */
  #openFirst(): PartialFile {
    let failure = new TransferError('exists', `"${printable(this.#target)}" already exists`)
    for (const candidate of this.#candidates()) {
      try {
        return new PartialFile(this.#target, candidate, this.#disk)
      } catch (error) {
        failure = this.#explain(error)
        if (failure.code !== 'taken_over') break
      }
    }
    throw failure
  }

  /** The paths that the file may get in the end, as far as can be known now. */
  *#candidates(): Generator<string> {
    for (const name of namesFor(path.basename(this.#target), this.#ifExists)) {
      const candidate = path.join(path.dirname(this.#target), name)
      if (this.#ifExists !== 'rename' || !this.#isThere(candidate)) yield candidate
    }
  }

  #explain(error: unknown): TransferError {
    return explain(error, `"${printable(this.#target)}"`, 'here')
  }

  #isThere(file: string): boolean {
    return this.#disk.find(file) !== undefined
  }
}
