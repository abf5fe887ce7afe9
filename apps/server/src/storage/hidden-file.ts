import { randomBytes } from 'node:crypto'
import { TempFile } from '@ftp/files'
import { PARTIAL_PREFIX, TransferError } from '@ftp/protocol'
import { announce } from './announce.ts'
import type { Directory } from './directory.ts'
import { modeOf, mtimeOf } from './metadata.ts'
import type { Parents } from './parents.ts'
import { toStatus } from './status.ts'
import type { Status, WholeFile } from './storage.ts'

/** Tells the files of this thread from those of any other. */
const RUN = randomBytes(8).toString('hex')
let made = 0

/** A name that no other file has, short: Linux has a faster way up to 39 bytes. */
function hiddenName(): string {
  made = (made + 1) % 0x1_0000_0000
  return `${PARTIAL_PREFIX}${RUN}${made.toString(16).padStart(8, '0')}`
}

/**
 * A file whose bytes are at hand, written but without its name. Nobody could continue it, so what is not published is
 * removed when it is disposed of.
 */
export class HiddenFile implements Disposable {
  readonly parent: Directory
  readonly wanted: WholeFile
  readonly #target: string
  readonly #hidden = hiddenName()
  readonly #file: TempFile

  constructor(parents: Parents, wanted: WholeFile) {
    const target = wanted.path.at(-1)
    if (target === undefined) throw new TransferError('is_directory', 'the home directory is a directory')
    this.#target = target
    this.wanted = wanted
    this.parent = parents.of(wanted.path)
    this.#file = TempFile.create(this.parent, this.#hidden)
  }

  /** Resolves when all of it but its name is on the disk. */
  async fill(): Promise<void> {
    await this.#file.write(this.wanted.bytes, 0)
    await this.#file.seal(modeOf(this.wanted), mtimeOf(this.wanted))
  }

  /**
   * Gives it its name. To be called while nothing else is published; the caller makes the directory durable.
   * @returns undefined when the existing file stays
   * @throws a system error
   */
  publish(): Status | undefined {
    const { onChange, ifExists } = this.wanted
    if (onChange) announce(this.parent, this.#hidden, this.#target, { ifExists, onChange })
    const name = this.#file.publish(this.#target, ifExists)
    // At once: from now on anybody may write to it, and that would be another version.
    return name === undefined ? undefined : toStatus(name, this.#file.stats())
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]()
  }
}
