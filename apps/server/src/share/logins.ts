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

/** Characters of a name that nobody may have. */
const LONGEST_NAME = 64

/** All that is served, for no account yet. */
type Whole = Omit<Share, 'account' | 'address' | 'blocks' | 'setVerifier'>

/** What everybody may do without an account. */
export type AnonymousAccess = 'none' | 'read' | 'write'

/** Somebody who is logged in. */
export interface Login {
  /** As it was at the login. */
  readonly account: Account
  /** What it may store and what its home holds; undefined where it is not limited, or not counted yet. */
  readonly quota: QuotaInfo | undefined
  /** How fast it may move files, as its account was at the last request; undefined for as fast as it can. */
  readonly limit: RateLimit | undefined
  /** What it may have of the thread's blocks: a share of its account, or without one of where it comes from. */
  readonly blocks: Blocks
  /**
   * The account's share as it is now. To be asked for with every request: what the operator has changed holds from
   * the next one on.
   * @throws TransferError `login` when the account is gone, disabled, or has another password than at the login
   */
  readonly share: () => Promise<Share>
}

/** The door that everybody comes through, whatever protocol they speak. */
export class Logins {
  readonly #accounts: Accounts
  readonly #anonymous: AnonymousAccess
  readonly #whole: Whole
  readonly #secret: Uint8Array

  /** @param whole all that is served; each account gets the part below its home */
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
   * What a password is checked against. For a user who does not exist it is made up: no password fits, and nobody can
   * tell it from a real one, not even by asking again after a restart.
   */
  async verifierOf(user: string): Promise<ScramVerifier> {
    const name = foldUserName(user)
    const invented = this.#invent(name)
    return this.#accounts.verifierOf(name) ?? invented
  }

  /**
   * Lets in somebody who has proven the password.
   * @throws TransferError `login` when the account is gone or disabled
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
        // Every password has a salt of its own.
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
   * @param source the address, or the network that counts as one
   * @throws TransferError `login` when this server lets nobody in without an account
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

  /** Its first upload would wait for it. */
  #countInTime(account: Account, address: string): void {
    requireCounted(this.#shareOf(account, address)).catch(() => {})
  }

  /**
   * To be called for each login that was refused.
   * @param user as it was typed, empty where nobody was named
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

/** An account's own folder is made when it is first used. */
async function makeHome(storage: Storage, { home }: Account): Promise<void> {
  try {
    storage.stat(home)
  } catch (error) {
    if (TransferError.from(error).code !== 'not_found') throw error
    await storage.makeDirectory(home, true)
  }
}
