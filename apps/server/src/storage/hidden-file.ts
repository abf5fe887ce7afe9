import { randomBytes } from 'node:crypto'
import { TempFile } from '@ftp/files'
import { PARTIAL_PREFIX, TransferError } from '@ftp/protocol'
import { type Directory, quote } from './directory.ts'
import { modeOf, mtimeOf } from './metadata.ts'
import type { Parents } from './parents.ts'
import { publishHidden } from './publish-hidden.ts'
import type { OnChange, Status, WholeFile } from './storage.ts'

/** Distinguishes the hidden files of this thread from those of any other. */
const RUN = randomBytes(8).toString('hex')
let made = 0

/** A unique name. It is short, because Linux handles names of up to 39 bytes faster. */
function hiddenName(): string {
  made = (made + 1) % 0x1_0000_0000
  return `${PARTIAL_PREFIX}${RUN}${made.toString(16).padStart(8, '0')}`
}

/**
 * A file that is written from memory and has no final name yet. Nobody could continue it, so disposing of it
 * removes it unless it has been published.
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
    this.parent.requireName(target)
    this.#file = TempFile.create(this.parent, this.#hidden, modeOf(wanted))
  }

  /**
   * Resolves when the content, the time and the mode of the file are on the disk; only its name is missing.
   */
  async fill(): Promise<void> {
    await this.#file.write(this.wanted.bytes, 0)
    await this.#file.seal(modeOf(this.wanted), mtimeOf(this.wanted))
  }

  /** As {@link publishHidden}. */
  publish(onChange?: OnChange): Status | undefined {
    const [file, parent, hidden, target] = [this.#file, this.parent, this.#hidden, this.#target]
    return publishHidden(
      { file, parent, hidden, target, what: quote(this.wanted.path) },
      this.wanted,
      onChange,
    )
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]()
  }
}
