import { type Entry, type RemotePath, TransferError } from '@ftp/protocol'
import type { Space } from '../state/quotas.ts'
import type { OnChange } from '../storage/storage.ts'
import { countedHome, fromRoot, isLimited, requireCounted } from './quota.ts'
import type { Share } from './share.ts'

const NOTHING: Space = { bytes: 0, files: 0 }

/** The upload that needs space. */
export interface Reserved {
  readonly path: RemotePath
  /** The key of the upload's partial. */
  readonly key: string
  /** The size of the file in bytes; null if it is not known yet. */
  readonly length: number | null
  /** The file that the upload would replace. */
  readonly replaced: Entry | undefined
  /** See UploadRecord. */
  readonly note?: string | undefined
}

/**
 * The space reserved for one running upload, kept in the record of its partial. Disposing of the reservation
 * ends the upload: the record then shows the space that the partial takes, or is removed if there is no
 * partial any more.
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

  /** Reserves the space. @throws TransferError `quota`, or `is_directory` for the home itself */
  static async of(share: Share, { path, key, length, replaced, note }: Reserved): Promise<QuotaReservation> {
    await requireCounted(share)
    await share.writable()
    const name = path.at(-1)
    if (name === undefined) throw new TransferError('is_directory', 'the home directory is a directory')
    const { account, uploads } = share
    const upload = { key, directory: fromRoot(share, path.slice(0, -1)), name }
    return uploads.exclusively(() => {
      // A file can be replaced only once, so the space that this frees is credited to only one upload.
      const gives = replaced === undefined || uploads.hasRivals(upload) ? NOTHING : spaceOf(replaced)
      uploads.begin({ ...upload, account: account.name, length, note })
      const reservation = new QuotaReservation(share, key, fromRoot(share, path), gives)
      reservation.#reserve(length ?? 0)
      return reservation
    })
  }

  /** Extends the reservation to `length` bytes. @throws TransferError `quota` */
  async grow(length: number): Promise<void> {
    if (length <= this.#length || !isLimited(this.#share)) return
    await this.#share.writable()
    this.#share.uploads.exclusively(() => this.#reserve(length))
  }

  #reserve(length: number): void {
    const { account, quotas, uploads } = this.#share
    const bytes = Math.max(0, length - this.#replaced.bytes)
    uploads.reserve(this.#key, { bytes, files: 1 - this.#replaced.files })
    if (isLimited(this.#share)) quotas.requireWithin(countedHome(account), account.quota)
    this.#length = length
  }

  /**
   * The storage calls this when the upload becomes a file. From then on, the file counts instead of the
   * reservation.
   */
  get onChange(): OnChange {
    return (change) => {
      const { account, quotas, uploads } = this.#share
      const path = uploads.published(this.#key) ?? this.#path
      if (isLimited(this.#share)) quotas.changeWithin(path, change, countedHome(account), account.quota)
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
