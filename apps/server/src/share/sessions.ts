import { TransferError } from '@ftp/protocol'
import { isStale, SESSION_S, type SessionRecord, type SessionRecords, sessionId } from '../state/sessions.ts'
import type { AccountShares, Login } from './account-shares.ts'
import { audited } from './audit.ts'
import type { ClientOrigin } from './origin.ts'
import { requireOwner, type Share } from './share.ts'

export { SESSION_S, sessionId }

/**
 * The sessions of browsers. A session gives the rights of its account, until it is ended, is not used for a
 * week, is a month old, or the account gets a new password.
 */
export class Sessions {
  readonly #records: SessionRecords
  readonly #shares: AccountShares

  constructor(records: SessionRecords, shares: AccountShares) {
    this.#records = records
    this.#shares = shares
  }

  /**
   * Begins a session for a client that has just logged in with its password.
   * @returns the value of the cookie
   * @throws TransferError `forbidden` after any other login; `login` if the password has been changed
   */
  async begin(login: Login, { address }: ClientOrigin): Promise<string> {
    if (login.salt === undefined)
      throw new TransferError('forbidden', 'a session needs the password of an account')
    const cookie = await this.#records.begin(login.account.name, login.salt, address)
    if (cookie === undefined) throw new TransferError('login', 'the account has a new password; log in again')
    return cookie
  }

  /** @throws TransferError `login` if the session has ended, or its account may no longer log in here */
  async enter(cookie: string, origin: ClientOrigin): Promise<Login> {
    const record = await this.#require(cookie)
    const login = await this.#shares.login(record.account, origin, {
      restrict: async (account) => {
        await this.#require(cookie)
        return account
      },
    })
    // The request does not wait until its use is recorded.
    if (isStale(record)) this.#records.use(cookie).catch(() => {})
    return login
  }

  /** Ends a session: log out. */
  async end(cookie: string): Promise<void> {
    await this.#records.end(cookie)
  }

  /** The sessions of this account, the most recently used first. @throws TransferError `forbidden` */
  async list(share: Share): Promise<readonly SessionRecord[]> {
    requireOwner(share)
    return await this.#records.list(share.account.name)
  }

  /** Ends a session of this account: its browser has to log in again. @throws TransferError `forbidden`, `not_found` */
  async endById(share: Share, id: string): Promise<void> {
    await audited(share, { action: 'session-end', detail: id.slice(0, 16) }, async () => {
      requireOwner(share)
      if (!(await this.#records.endById(share.account.name, id)))
        throw new TransferError('not_found', `there is no session "${id}"`)
    })
  }

  async #require(cookie: string): Promise<SessionRecord> {
    const record = await this.#records.find(cookie)
    if (record === undefined) throw new TransferError('login', 'the session has ended; log in again')
    return record
  }
}
