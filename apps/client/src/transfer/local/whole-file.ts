import fs from 'node:fs'
import path from 'node:path'
import {
  type Entry,
  errnoOf,
  fromErrno,
  type IfExists,
  printable,
  TransferError,
  toUtime,
} from '@ftp/protocol'
import { discard } from './discard.ts'
import { flush } from './flush.ts'
import { hiddenBeside } from './hidden-name.ts'
import { publish } from './publish.ts'

const UMASK = process.umask()
const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = fs.constants

/**
 * A local file whose bytes came all at once: they go to a new file of a name that nobody else has, so there is
 * nothing to lock and nothing to continue.
 */
export class WholeFile implements Disposable {
  readonly #target: string
  readonly #hidden: string
  readonly #fd: number
  /** Permission bits that it was made with. */
  readonly #mode: number
  #named = false

  /**
   * @param target the final name, itself no link
   * @param mode permission bits, as far as they are known
   */
  constructor(target: string, bytes: Uint8Array, mode = 0o600) {
    this.#target = target
    this.#mode = mode & ~UMASK
    this.#hidden = hiddenBeside(target)
    try {
      this.#fd = fs.openSync(this.#hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw this.#explain(error)
      const text = `there is no folder "${printable(path.dirname(target))}" here; make it first`
      throw new TransferError('not_found', text)
    }
    try {
      for (let done = 0; done < bytes.length; ) done += fs.writeSync(this.#fd, bytes, done)
    } catch (error) {
      this[Symbol.dispose]()
      throw this.#explain(error)
    }
  }

  /** See {@link PartialFile.commit}. */
  async commit(entry: Entry, ifExists: IfExists): Promise<string | undefined> {
    try {
      const mode = entry.mode & ~UMASK
      if (mode !== this.#mode) fs.fchmodSync(this.#fd, mode)
      const time = toUtime(entry.mtime)
      fs.futimesSync(this.#fd, time, time)
      // Otherwise a power cut could leave the name with no bytes behind it.
      await flush(this.#fd)
      const name = publish(this.#hidden, this.#target, entry, ifExists)
      this.#named = name !== undefined
      return name
    } catch (error) {
      throw this.#explain(error)
    }
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#fd)
    if (!this.#named) discard(this.#hidden)
  }

  #explain(error: unknown): TransferError {
    return fromErrno(error, `"${printable(this.#target)}"`)
  }
}
