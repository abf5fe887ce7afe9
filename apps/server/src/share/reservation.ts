import { type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Space } from '../state/quotas.ts'
import type { OnChange } from '../storage/storage.ts'
import { fromRoot, isLimited, requireCounted } from './quota.ts'
import type { Share } from './share.ts'

const NOTHING: Space = { bytes: 0, files: 0 }

/** What space is reserved for. */
export interface Reserved {
  readonly path: RemotePath
  /** Names the upload's partial. */
  readonly key: string
  /** Bytes of the file, null while nobody knows. */
  readonly length: number | null
  /** The file that is there now. */
  readonly replaced: Entry | undefined
}

/**
 * The space of one running upload, kept in the record of its partial. Disposing of it ends the upload: from then on the
 * record says what the partial takes, and there is none if the partial is gone.
 */
export class QuotaReservation implements Disposable {
  readonly #share: Share
  readonly #key: string
  readonly #path: string
  readonly #replaced: Space
  #length = 0

  private constructor(share: Share, key: string, path: string, replaced: Space) {
    this.#share = share
    this.#key = key
    this.#path = path
    this.#replaced = replaced
  }

  /** @throws TransferError `quota` */
  static async of(share: Share, { path, key, length, replaced }: Reserved): Promise<QuotaReservation> {
    await requireCounted(share)
    await share.writable()
    const name = path.at(-1)
    if (name === undefined) throw new TransferError('is_directory', 'the home directory is a directory')
    const { account, uploads } = share
    const upload = { key, directory: fromRoot(share, path.slice(0, -1)), name }
    return uploads.exclusively(() => {
      // A file can be replaced only once: what it gives back is for one upload.
      const gives = replaced === undefined || uploads.hasRivals(upload) ? NOTHING : spaceOf(replaced)
      uploads.begin({ ...upload, account: account.name, length })
      const reservation = new QuotaReservation(share, key, fromRoot(share, path), gives)
      reservation.#reserve(length ?? 0)
      return reservation
    })
  }

  /** Makes sure that the file may have `length` bytes. @throws TransferError `quota` */
  async grow(length: number): Promise<void> {
    if (length <= this.#length || !isLimited(this.#share)) return
    await this.#share.writable()
    this.#share.uploads.exclusively(() => this.#reserve(length))
  }

  #reserve(length: number): void {
    const { account, quotas, uploads } = this.#share
    const bytes = Math.max(0, length - this.#replaced.bytes)
    uploads.reserve(this.#key, { bytes, files: 1 - this.#replaced.files })
    if (isLimited(this.#share)) quotas.requireWithin(formatPath(account.home), account.quota)
    this.#length = length
  }

  /** What the storage is to tell when it makes the upload a file: that counts from then on, instead of the reservation. */
  get onChange(): OnChange {
    return (change) => {
      const { account, quotas, uploads } = this.#share
      const path = uploads.pathOf(this.#key) ?? this.#path
      uploads.reserve(this.#key, NOTHING)
      if (isLimited(this.#share)) quotas.changeWithin(path, change, formatPath(account.home), account.quota)
      else quotas.change(path, change)
    }
  }

  [Symbol.dispose](): void {
    this.#share.uploads.end(this.#key)
  }
}

function spaceOf({ size }: Entry): Space {
  return { bytes: size, files: 1 }
}
