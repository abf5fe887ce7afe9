import { createHmac } from 'node:crypto'
import type { Blocks } from '@ftp/md5'
import {
  ANONYMOUS,
  foldUserName,
  formatPath,
  HOME,
  PASSWORD_ITERATIONS,
  PERMISSIONS,
  type QuotaInfo,
  SALT_BYTES,
  type ScramVerifier,
  TransferError,
} from '@ftp/protocol'
import type { Account, AccountRecord, Accounts } from '../state/accounts.ts'
import type { Storage } from '../storage/storage.ts'
import { quotaInfo, requireCounted } from './quota.ts'
import type { RateLimit } from './rates.ts'
import type { Share } from './share.ts'

/**
 * The number of characters up to which a refused name is recorded: it may belong to no account and have any
 * length.
 */
const LONGEST_NAME = 64

/** A share without the parts that depend on an account. */
type Whole = Omit<Share, 'account' | 'address' | 'blocks' | 'setVerifier'>

/** The rights of a client without an account. */
export type AnonymousAccess = 'none' | 'read' | 'write'

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
   * @throws TransferError `login` if the account is gone, is disabled, or has a new password since the login
   */
  readonly share: () => Promise<Share>
}

/** Logs clients in, whichever protocol they speak. */
export class Logins {
  readonly #accounts: Accounts
  readonly #anonymous: AnonymousAccess
  readonly #whole: Whole
  readonly #secret: Uint8Array

  /** @param whole everything that the server shares; each account gets the part below its home */
  constructor(accounts: Accounts, anonymous: AnonymousAccess, whole: Whole) {
    this.#accounts = accounts
    this.#anonymous = anonymous
    this.#whole = whole
    this.#secret = accounts.secret
  }

  get allowsAnonymous(): boolean {
    return this.#anonymous !== 'none'
  }

  /**
   * The verifier of an account's password. For a user who does not exist, the server derives one from its
   * secret: no password fits it, and it cannot be distinguished from a real one, not even by asking again
   * after a restart.
   */
  async verifierOf(user: string): Promise<ScramVerifier> {
    const name = foldUserName(user)
    const invented = this.#invent(name)
    return this.#accounts.verifierOf(name) ?? invented
  }

  /**
   * Logs in a user who has proven the password.
   * @throws TransferError `login` if the account is gone or disabled
   */
  async enter(user: string, address: string): Promise<Login> {
    const account = this.#require(foldUserName(user))
    this.#record(account.name, address, 'ok')
    let madeHome: string | undefined
    this.#countInTime(account, address)
    const { rates } = this.#whole
    let latest = account
    const { blocks } = this.#shareOf(account, address)
    return {
      account,
      blocks,
      get limit() {
        return rates.limitOf(latest)
      },
      quota: quotaInfo({ account, quotas: this.#whole.quotas }, this.#whole.storage),
      share: async () => {
        const now = this.#require(account.name)
        // Every password has its own salt, so a different salt means a different password.
        if (Buffer.compare(now.verifier.salt, account.verifier.salt) !== 0)
          throw new TransferError('login', `the account ${now.name} has a new password; log in again`)
        latest = now
        const home = formatPath(now.home)
        if (home !== madeHome) await makeHome(this.#whole.storage, now)
        madeHome = home
        return this.#shareOf(now, address)
      },
    }
  }

  /**
   * Logs in a client without an account.
   * @param source the address, or the network that counts as one address
   * @throws TransferError `login` if this server admits nobody without an account
   */
  async enterAnonymously(address: string, source = address): Promise<Login> {
    if (!this.allowsAnonymous)
      throw new TransferError('login', 'this server lets nobody in without an account; log in as a user')
    const permissions = this.#anonymous === 'write' ? PERMISSIONS : (['list', 'read'] as const)
    const account = {
      name: ANONYMOUS,
      home: HOME,
      permissions,
      quota: { bytes: undefined, files: undefined },
      rate: undefined,
    }
    const share = this.#shareOf(account, address, `address ${source}`)
    this.#record(ANONYMOUS, address, 'ok')
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

  /** Starts the count at the login, because the first upload would have to wait for it. */
  #countInTime(account: Account, address: string): void {
    requireCounted(this.#shareOf(account, address)).catch(() => {})
  }

  /**
   * Records a refused login.
   * @param user as the client sent it; empty if it sent none
   */
  refused(user: string, address: string): void {
    this.#record(foldUserName(user).slice(0, LONGEST_NAME), address, 'refused')
  }

  #record(account: string, address: string, outcome: string): void {
    this.#whole.audit.record({ account, address, action: 'login', outcome })
  }

  #require(name: string): AccountRecord {
    const account = this.#accounts.find(name)
    if (account === undefined) throw new TransferError('login', `there is no account ${name} any more`)
    if (!account.enabled) throw new TransferError('login', `the account ${name} is disabled`)
    return account
  }

  #shareOf(account: Account, address: string, owner = `account ${account.name}`): Share {
    const blocks = this.#whole.hasher.blocks.share(owner)
    return {
      ...this.#whole,
      account,
      address,
      blocks,
      storage: this.#whole.storage.below(account.home),
      setVerifier: (verifier) => this.#accounts.setVerifier(account.name, verifier),
    }
  }

  #invent(name: string): ScramVerifier {
    const made = (what: string): Buffer =>
      createHmac('sha256', this.#secret).update(`${what} ${name}`).digest()
    const [storedKey, serverKey] = [made('stored key'), made('server key')]
    return {
      salt: made('salt').subarray(0, SALT_BYTES),
      iterations: PASSWORD_ITERATIONS,
      storedKey,
      serverKey,
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
