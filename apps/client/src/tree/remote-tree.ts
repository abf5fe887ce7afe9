import {
  type Entry,
  formatPath,
  joinPath,
  nameProblem,
  printable,
  type RemotePath,
  TransferError,
} from '@ftp/protocol'
import { type Listing, list } from '../requests/list.ts'
import type { Session } from '../session/session.ts'
import type { SharedConnection } from '../session/shared-connection.ts'
import { omittedFailures } from './omitted.ts'
import type { Failed, Listed, Tree } from './tree.ts'

/**
 * A directory on the server. A listing is requested as soon as it is created, so that several are in flight
 * on one connection.
 */
export class RemoteTree implements Tree, Disposable {
  readonly #session: Session
  readonly #root: RemotePath
  readonly #connection: SharedConnection
  readonly #listings = new Set<Listing>()

  constructor(session: Session, root: RemotePath) {
    this.#connection = session.shareConnection()
    this.#session = session.with({ connection: this.#connection })
    this.#root = root
  }

  list(folder: string): AsyncGenerator<readonly Listed[]> {
    const remote = this.#below(folder)
    if ('failure' in remote) return failed(remote)
    const listing = list(this.#session, remote, false)
    this.#listings.add(listing)
    const first = listing.next()
    // The failure is thrown when the listing is read.
    first.catch(() => {})
    return this.#read(remote, listing, first)
  }

  [Symbol.dispose](): void {
    for (const listing of this.#listings) void listing.return({})
    this.#connection[Symbol.dispose]()
  }

  /** A path that is too long to be listed is the failure of that directory alone. */
  #below(folder: string): RemotePath | Failed {
    try {
      return folder === '' ? this.#root : joinPath(this.#root, folder)
    } catch (error) {
      return { failure: TransferError.from(error) }
    }
  }

  async *#read(
    remote: RemotePath,
    listing: Listing,
    first: ReturnType<Listing['next']>,
  ): AsyncGenerator<readonly Listed[]> {
    try {
      let next = await first
      for (; !next.done; next = await listing.next()) yield next.value.map((entry) => named(remote, entry))
      yield omittedFailures(remote, next.value, 'fetched').map((failure) => ({ failure }))
    } catch (error) {
      this.#session.signal.throwIfAborted()
      const failure = TransferError.from(error)
      if (failure.advice === 'resume') throw failure
      yield [{ failure }]
    } finally {
      this.#listings.delete(listing)
    }
  }
}

async function* failed(one: Failed): AsyncGenerator<readonly Listed[]> {
  yield [one]
}

/** Rejects names from the server that would lead out of their directory, whatever the server claims. */
function named(folder: RemotePath, entry: Entry): Listed {
  const problem = nameProblem(entry.name)
  if (problem === undefined) return entry
  const text = `the server has "${printable(entry.name)}" in "${formatPath(folder) || '/'}": ${problem}`
  return { failure: new TransferError('name', text) }
}
