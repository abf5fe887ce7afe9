import type { Blocks } from '@ftp/md5'
import { formatPath, type QuotaInfo, TransferError } from '@ftp/protocol'
import type { Account, AccountRecord, Accounts } from '../state/accounts.ts'
import type { Storage } from '../storage/storage.ts'
import type { ClientOrigin } from './origin.ts'
import { quotaInfo, requireCounted } from './quota.ts'
import type { RateLimit } from './rates.ts'
import type { CredentialStores, Guest, Share } from './share.ts'

/** A share without the parts that depend on an account. */
export type WholeShare = Omit<
  Share,
  'account' | 'address' | 'door' | 'credential' | 'guest' | 'blocks' | 'credentials' | 'setVerifier'
>

/** How a guest sees the storage of the account that has shared something. */
export interface GuestView extends Guest {
  /** The part of the account's storage that the guest may reach. */
  readonly narrow: (storage: Storage) => Storage
}

/** A client that has logged in. */
export interface Login {
  /** The account as it was at the login. */
  readonly account: Account
  /**
   * The account's limits and the contents of its home; undefined if there is no limit or the home has not
   * been counted yet.
   */
  readonly quota: QuotaInfo | undefined
  /** The account's rate as of its last request; undefined if there is no limit. */
  readonly limit: RateLimit | undefined
  /**
   * The client's share of the thread's blocks. It is divided among the connections of one account, or of one
   * address if there is no account.
   */
  readonly blocks: Blocks
  /**
   * The account's share as it is now. Call this for every request, so that a change by the operator takes
   * effect with the next one.
   * @throws TransferError `login` if the account is gone, is disabled or may not use this door, or if the
   * client's credential is no longer valid
   */
  readonly share: () => Promise<Share>
  /** The salt of the account's password, if the client has proven that password. */
  readonly salt?: Uint8Array | undefined
}

/** The credential with which a client has logged in. */
export interface Credential {
  /** As in the audit trail: `token laptop`; undefined for the password. */
  readonly name?: string | undefined
  /**
   * Restricts the account to what the credential allows. Called for every request.
   * Rejects with TransferError `login` if the credential is no longer valid.
   */
  readonly restrict: (account: AccountRecord) => Promise<Account>
  /** Present if this is a share link, whose bearer has no account. */
  readonly guest?: GuestView | undefined
  /** As in {@link Login}. */
  readonly salt?: Uint8Array | undefined
}

/** The shares of the accounts. Every way of logging in gets its share here. */
export class AccountShares {
  readonly #accounts: Accounts
  readonly #credentials: CredentialStores
  readonly #whole: WholeShare

  /** @param whole everything that the server shares; each account gets the part below its home */
  constructor(accounts: Accounts, credentials: CredentialStores, whole: WholeShare) {
    this.#accounts = accounts
    this.#credentials = credentials
    this.#whole = whole
  }

  /**
   * Logs in to an account, after the client has proven that it may.
   * @throws TransferError `login` if the account is gone or disabled, or may not use this door
   */
  async login(name: string, origin: ClientOrigin, credential: Credential): Promise<Login> {
    const whole = this.#whole
    const account = await credential.restrict(await this.#require(name, origin, credential))
    const { blocks } = this.#shareOf(account, origin, credential)
    let latest = account
    let madeHome: string | undefined
    // Start the count now, because the first upload would have to wait for it.
    requireCounted(this.#shareOf(account, origin, credential)).catch(() => {})
    return {
      account,
      blocks,
      get limit() {
        return whole.rates.limitOf(latest)
      },
      quota: credential.guest ? undefined : quotaInfo({ account, quotas: whole.quotas }, whole.storage),
      share: async () => {
        const record = await this.#require(account.name, origin, credential)
        latest = await credential.restrict(record)
        const home = formatPath(record.home)
        if (home !== madeHome) await makeHome(whole.storage, record)
        madeHome = home
        return this.#shareOf(latest, origin, credential)
      },
      salt: credential.salt,
    }
  }

  /** The login of a client without an account. */
  anonymous(account: Account, origin: ClientOrigin): Login {
    const share = this.#shareOf(account, origin, undefined)
    const { rates } = this.#whole
    return {
      account,
      blocks: share.blocks,
      get limit() {
        return rates.limitOf(account)
      },
      quota: undefined,
      share: async () => share,
    }
  }

  /** Records a login, or a refused one. @param account as typed, if there is no such account */
  record(account: string, { address, door }: ClientOrigin, outcome: string, credential?: string): void {
    this.#whole.audit.record({ account, address, door, credential, action: 'login', outcome })
  }

  async #require(name: string, { door }: ClientOrigin, { guest }: Credential): Promise<AccountRecord> {
    const account = await this.#accounts.find(name)
    const refuse = (reason: string): TransferError =>
      // A link must not reveal whose it is, nor what has become of the account.
      new TransferError('login', guest === undefined ? reason : 'this link is no longer valid')
    if (account === undefined) throw refuse(`there is no account ${name} any more`)
    if (!account.enabled) throw refuse(`the account ${name} is disabled`)
    if (!account.doors.includes(door))
      throw refuse(`the account ${name} may not log in through this door (${door}); the operator decides`)
    return account
  }

  #shareOf(
    account: Account,
    { address, source, door }: ClientOrigin,
    credential: Credential | undefined,
  ): Share {
    const { name, guest } = credential ?? {}
    const isNobody = credential === undefined || guest !== undefined
    const storage = this.#whole.storage.below(account.home)
    return {
      ...this.#whole,
      account,
      address,
      door,
      credential: name,
      guest,
      blocks: this.#whole.hasher.blocks.share(isNobody ? `address ${source}` : `account ${account.name}`),
      storage: guest === undefined ? storage : guest.narrow(storage),
      credentials: this.#credentials,
      setVerifier: (verifier) => this.#accounts.setVerifier(account.name, verifier),
    }
  }
}

/** Creates an account's home when the account first uses it. */
async function makeHome(storage: Storage, { home }: Account): Promise<void> {
  try {
    storage.stat(home)
  } catch (error) {
    if (TransferError.from(error).code !== 'not_found') throw error
    await storage.makeDirectory(home, true)
  }
}
