import { ANONYMOUS, foldUserName, HOME, PERMISSIONS, type ScramVerifier, TransferError } from '@ftp/protocol'
import type { StoredVerifier } from '../state/accounts.ts'
import { fingerprintOf } from '../state/public-key.ts'
import { isSecret } from '../state/secret.ts'
import type { State } from '../state/state.ts'
import { AccountShares, type Credential, type Login, type WholeShare } from './account-shares.ts'
import { inventVerifier } from './invented-verifier.ts'
import { keyCredential } from './keys.ts'
import { ShareLinks } from './links.ts'
import type { ClientOrigin } from './origin.ts'
import { type Passwords, WrongPassword } from './passwords.ts'
import { Sessions } from './sessions.ts'
import { tokenCredential } from './tokens.ts'

export type { Login } from './account-shares.ts'

/**
 * The number of characters up to which a refused name is recorded: it may belong to no account and have any
 * length.
 */
const LONGEST_NAME = 64

/** The rights of a client without an account. */
export type AnonymousAccess = 'none' | 'read' | 'write'

/** The parts of the server's state with which clients log in. */
export interface LoginState extends State {
  readonly passwords: Passwords
  /** Whether this server has the door at which links are opened. */
  readonly hasWeb: boolean
}

/** Logs clients in, whichever protocol they speak. */
export class Logins {
  readonly sessions: Sessions
  readonly links: ShareLinks
  /** Whether names may be created that Windows cannot store. */
  readonly anyNames: boolean
  readonly #state: LoginState
  readonly #anonymous: AnonymousAccess
  readonly #shares: AccountShares
  #secret: Uint8Array | undefined

  /** @param whole everything that the server shares */
  constructor(state: LoginState, anonymous: AnonymousAccess, whole: WholeShare) {
    this.#state = state
    this.#anonymous = anonymous
    const { accounts, tokens, links, sessions, passwords, hasWeb } = state
    this.anyNames = whole.anyNames ?? false
    this.#shares = new AccountShares(accounts, { tokens, links, hasWeb }, whole)
    this.sessions = new Sessions(sessions, this.#shares)
    this.links = new ShareLinks(links, this.#shares, passwords, whole)
  }

  get allowsAnonymous(): boolean {
    return this.#anonymous !== 'none'
  }

  /** Whether this user may log in by FTP without encryption. */
  async allowsClearFtp(user: string): Promise<boolean> {
    return (await this.#state.accounts.find(foldUserName(user)))?.clearFtp ?? false
  }

  /**
   * The verifier of an account's password. For a user who does not exist, the server derives one from its
   * secret: no password fits it, and it cannot be distinguished from a real one, not even by asking again
   * after a restart.
   */
  async verifierOf(user: string): Promise<StoredVerifier> {
    const name = foldUserName(user)
    const { accounts } = this.#state
    this.#secret ??= await accounts.secret()
    const invented = inventVerifier(this.#secret, name)
    return (await accounts.verifierOf(name)) ?? invented
  }

  /**
   * Logs in a user who has proven the password.
   * @param salt of the password that was proven
   * @throws TransferError `login` if the account is gone or disabled, may not use this door, or has another
   * password now
   */
  async enter(user: string, origin: ClientOrigin, salt: Uint8Array): Promise<Login> {
    return await this.#enter(foldUserName(user), origin, {
      salt,
      async restrict(account) {
        // Every password has its own salt, so a different salt means a different password.
        if (Buffer.compare(account.verifier.salt, salt) !== 0)
          throw new TransferError('login', `the account ${account.name} has a new password; log in again`)
        return account
      },
    })
  }

  /**
   * Logs in a user who has sent a password in clear, inside TLS; or a token in its place.
   * @param signal its abort ends the wait for the password's turn to be checked
   * @throws WrongPassword if the password is wrong or there is no such account; TransferError `login` for
   * every other refusal; `busy` if too many are logging in: the client may come back in a moment
   */
  async enterWithPassword(
    user: string,
    password: string,
    origin: ClientOrigin,
    signal?: AbortSignal,
  ): Promise<Login> {
    const name = foldUserName(user)
    if (isSecret('token', password)) return await this.#enterWithToken(name, password, origin)
    const verifier = await this.verifierOf(name)
    const { source } = origin
    const claim = { subject: `account ${name}`, password, verifier, source, signal }
    if (await this.#state.passwords.isRight(claim)) return await this.enter(name, origin, verifier.salt)
    throw new WrongPassword()
  }

  /**
   * Derives the verifier of a new password, for a client that cannot do that itself.
   * @param source the address or network that asks
   * @throws TransferError `bad_request` if the password is invalid or too short; `busy` if too many wait
   */
  async newVerifier(password: string, source: string, signal?: AbortSignal): Promise<ScramVerifier> {
    return await this.#state.passwords.newVerifier(password, source, signal)
  }

  async #enterWithToken(name: string, token: string, origin: ClientOrigin): Promise<Login> {
    const { tokens } = this.#state
    const login = await this.#enter(name, origin, await tokenCredential(tokens, token, name))
    const record = await tokens.find(token)
    // The login does not wait until its use is recorded.
    if (record !== undefined) tokens.use(token, record).catch(() => {})
    return login
  }

  /**
   * Whether this public key belongs to the account, before the client has proven that it has the private one.
   * For a user who does not exist, the answer takes as long, and is no.
   * @param key as SSH sends it
   */
  async hasKey(user: string, key: Uint8Array): Promise<boolean> {
    return (await this.#state.publicKeys.find(foldUserName(user), fingerprintOf(key))) !== undefined
  }

  /**
   * Logs in a user whose signature with the private key has been verified.
   * @param key the public key, as SSH sends it
   * @throws TransferError `login` if the key is not one of the account's, or the account may not log in here
   */
  async enterWithKey(user: string, key: Uint8Array, origin: ClientOrigin): Promise<Login> {
    return await this.#enter(foldUserName(user), origin, keyCredential(this.#state.publicKeys, key))
  }

  /**
   * Logs in a client without an account.
   * @throws TransferError `login` if this server admits nobody without an account
   */
  async enterAnonymously(origin: ClientOrigin): Promise<Login> {
    if (!this.allowsAnonymous)
      throw new TransferError(
        'login',
        'this server admits users with an account only; log in with a user name and a password',
      )
    const permissions = this.#anonymous === 'write' ? PERMISSIONS : (['list', 'read'] as const)
    const account = {
      name: ANONYMOUS,
      home: HOME,
      permissions,
      quota: { bytes: undefined, files: undefined },
      rate: undefined,
    }
    const login = this.#shares.anonymous(account, origin)
    this.#shares.record(ANONYMOUS, origin, 'ok')
    return login
  }

  /**
   * Records a refused login.
   * @param user as the client sent it; empty if it sent none
   */
  refused(user: string, origin: ClientOrigin): void {
    this.#shares.record(foldUserName(user).slice(0, LONGEST_NAME), origin, 'refused')
  }

  async #enter(name: string, origin: ClientOrigin, credential: Credential): Promise<Login> {
    const login = await this.#shares.login(name, origin, credential)
    this.#shares.record(login.account.name, origin, 'ok', credential.name)
    return login
  }
}
