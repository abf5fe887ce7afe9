import type { Entry, RemotePath } from '@ftp/protocol'
import { list } from '../../../share/list.ts'
import { Omissions } from '../../../share/omissions.ts'
import type { Share } from '../../../share/share.ts'
import { longName } from '../wire/attributes.ts'
import { type NameEntry, nameBytes } from '../wire/replies.ts'

/** The most bytes of names in one reply: some clients take no larger packets. */
const MOST_BYTES = 32_000

/** A directory that a client reads, piece by piece. */
export class Listing implements AsyncDisposable {
  readonly path: RemotePath
  readonly #owner: string
  readonly #batches: AsyncGenerator<readonly Entry[]>
  #waiting: Entry[]

  private constructor(path: RemotePath, owner: string, batches: AsyncGenerator<readonly Entry[]>) {
    this.path = path
    this.#owner = owner
    this.#batches = batches
    this.#waiting = []
  }

  /** @throws TransferError `not_found`, `not_directory`, `forbidden` */
  static async open(share: Share, path: RemotePath): Promise<Listing> {
    const listing = new Listing(path, share.account.name, list(share, path, false, new Omissions()))
    await listing.#fetch()
    // Clients expect both, and programs that are given none show a directory without a way up.
    const { entry } = share.storage.stat(path)
    listing.#waiting.unshift({ ...entry, name: '.' }, { ...entry, name: '..' })
    return listing
  }

  /** The next names; none at the end. */
  async next(): Promise<NameEntry[]> {
    const names: NameEntry[] = []
    const now = Date.now() / 1_000
    for (let bytes = 0; ; ) {
      const [entry] = this.#waiting
      if (entry === undefined) {
        if (names.length > 0 || !(await this.#fetch())) return names
        continue
      }
      const name = { name: entry.name, long: longName(entry, this.#owner, now), entry }
      bytes += nameBytes(name)
      if (bytes > MOST_BYTES && names.length > 0) return names
      names.push(name)
      this.#waiting.shift()
    }
  }

  /** @returns whether there may be more */
  async #fetch(): Promise<boolean> {
    const { done, value } = await this.#batches.next()
    if (done === true) return false
    this.#waiting.push(...value)
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#batches.return(undefined)
  }
}
