import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { publish, writeFully } from '@ftp/files'
import { PARTIAL_PREFIX, TransferError } from '@ftp/protocol'
import { announce } from './announce.ts'
import type { Directory } from './directory.ts'
import { modeOf, setMetadata } from './metadata.ts'
import type { Parents } from './parents.ts'
import { toStatus } from './status.ts'
import type { Status, WholeFile } from './storage.ts'

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants

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
  readonly #name: string
  readonly #hidden = hiddenName()
  readonly #fd: number
  #published = false

  constructor(parents: Parents, wanted: WholeFile) {
    const name = wanted.path.at(-1)
    if (name === undefined) throw new TransferError('is_directory', 'the home directory is a directory')
    this.#name = name
    this.wanted = wanted
    this.parent = parents.of(wanted.path)
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
    this.#fd = this.parent.fs.open(this.parent.at(this.#hidden), flags, 0o600)
  }

  /** Resolves when all of it but its name is on the disk. */
  async fill(): Promise<void> {
    const { fs } = this.parent
    await writeFully(fs, this.#fd, this.wanted.bytes, 0)
    setMetadata(fs, this.#fd, modeOf(this.wanted), this.wanted)
    await fs.fsync(this.#fd)
  }

  /**
   * Gives it its name. To be called while nothing else is published; the caller makes the directory durable.
   * @returns undefined when the existing file stays
   * @throws a system error
   */
  publish(): Status | undefined {
    const { onChange, ifExists } = this.wanted
    if (onChange) announce(this.parent, this.#hidden, this.#name, { ifExists, onChange })
    const name = publish(this.parent, this.#hidden, this.#name, ifExists)
    if (name === undefined) return undefined
    this.#published = true
    // At once: from now on anybody may write to it, and that would be another version.
    return toStatus(name, this.parent.fs.fstat(this.#fd))
  }

  [Symbol.dispose](): void {
    this.parent.fs.close(this.#fd)
    if (this.#published) return
    try {
      this.parent.fs.unlink(this.parent.at(this.#hidden))
    } catch {
      // What failed before is what its client is to hear; the rest goes when the server tidies up.
    }
  }
}
