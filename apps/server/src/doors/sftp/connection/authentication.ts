import { ANONYMOUS, foldUserName, TransferError } from '@ftp/protocol'
import ssh2, { type AuthContext, type AuthenticationType, type PublicKeyAuthContext } from 'ssh2'
import type { Refusal } from '../../../guards/refusal.ts'
import { sourceOf } from '../../../guards/source-address.ts'
import type { Login, Logins } from '../../../share/logins.ts'
import type { ClientOrigin } from '../../../share/origin.ts'
import { WrongPassword } from '../../../share/passwords.ts'
import type { Peer } from '../../door.ts'

/** The maximum number of keys that a connection may offer. */
const MOST_KEYS = 20
/** The maximum number of wrong passwords of one connection; each counts for its source. */
const MOST_WRONG = 3

const METHODS: AuthenticationType[] = ['publickey', 'password']

/** Why a connection ends without a login. */
export interface Exhausted {
  readonly reason: 'login' | 'busy'
  readonly text: string
}

/** Receives the outcome of the attempts to log in. */
export interface AuthenticationListener {
  readonly onLogin: (login: Login) => void
  /** Called for each wrong password. */
  readonly onWrong: () => void
  /** Called when the client may try no more. */
  readonly onExhausted: (why: Exhausted) => void
}

/** The attempts of one connection to log in. */
export class Authentication {
  readonly #logins: Logins
  readonly #origin: ClientOrigin
  readonly #listener: AuthenticationListener
  readonly #signal: AbortSignal
  #refusal: Refusal | undefined
  #keys = 0
  #wrong = 0

  /** @param signal aborted when the client has gone */
  constructor(
    logins: Logins,
    { address }: Pick<Peer, 'address'>,
    signal: AbortSignal,
    listener: AuthenticationListener,
  ) {
    this.#logins = logins
    this.#origin = { address, source: sourceOf(address), door: 'sftp' }
    this.#signal = signal
    this.#listener = listener
  }

  /**
   * Answers every login with this refusal, unless it is an exempt account that proves itself. All other logins get the
   * same answer after the same time.
   */
  refuse(refusal: Refusal): void {
    this.#refusal = refusal
  }

  /** Answers one attempt. Never rejects. */
  async answer(attempt: AuthContext): Promise<void> {
    try {
      const login = await this.#login(attempt)
      if (this.#signal.aborted) return
      if (login === 'refused') return attempt.reject(METHODS)
      // The client only wants to know whether it is worth while to sign; nobody has logged in.
      if (login === 'worth-signing') return attempt.accept()
      await login.share()
      this.#requireExempt(login.account.name)
      // The login has to be known before the client hears of it: it may ask for something at once.
      this.#listener.onLogin(login)
      attempt.accept()
    } catch (error) {
      if (!this.#signal.aborted) this.#fail(attempt, TransferError.from(error))
    }
  }

  /** @throws TransferError */
  async #login(attempt: AuthContext): Promise<Login | 'refused' | 'worth-signing'> {
    const { username } = attempt
    const isAnonymous = foldUserName(username) === ANONYMOUS && this.#logins.allowsAnonymous
    switch (attempt.method) {
      case 'none':
        return isAnonymous ? await this.#logins.enterAnonymously(this.#origin) : 'refused'
      case 'password':
        // As with FTP: programs that know no other way send any password.
        if (isAnonymous) return await this.#logins.enterAnonymously(this.#origin)
        return await this.#logins.enterWithPassword(username, attempt.password, this.#origin, this.#signal)
      case 'publickey':
        return await this.#withKey(attempt)
      case 'keyboard-interactive':
      case 'hostbased':
        return 'refused'
      default:
        return attempt satisfies never
    }
  }

  async #withKey(attempt: PublicKeyAuthContext): Promise<Login | 'refused' | 'worth-signing'> {
    const { username, key, signature, blob, hashAlgo } = attempt
    if (++this.#keys > MOST_KEYS)
      throw new TransferError('busy', `you have offered ${MOST_KEYS} keys; name the right one`)
    // Without a hash, the signature of an RSA key would be one with SHA-1.
    if (key.algo === 'ssh-rsa' && hashAlgo === undefined) return 'refused'
    if (!(await this.#logins.hasKey(username, key.data))) return 'refused'
    if (signature === undefined || blob === undefined) return 'worth-signing'
    const parsed = ssh2.utils.parseKey(key.data)
    if (parsed instanceof Error || parsed.verify(blob, signature, hashAlgo) !== true) return 'refused'
    return await this.#logins.enterWithKey(username, key.data, this.#origin)
  }

  #fail(attempt: AuthContext, failure: TransferError): void {
    const { username } = attempt
    const isExempt = this.#refusal?.except.includes(foldUserName(username)) ?? true
    if (failure instanceof WrongPassword && isExempt) {
      this.#wrong++
      this.#listener.onWrong()
    }
    if (failure.code === 'login') this.#logins.refused(username, this.#origin)
    if (this.#refusal !== undefined) return this.#end('busy', this.#refusal.text)
    if (failure.code !== 'login') return this.#end('busy', failure.message)
    if (this.#wrong >= MOST_WRONG) return this.#end('login', failure.message)
    attempt.reject(METHODS)
  }

  #end(reason: Exhausted['reason'], text: string): void {
    this.#listener.onExhausted({ reason, text })
  }

  /** @throws the refusal, unless this account is exempt from it */
  #requireExempt(account: string): void {
    if (this.#refusal !== undefined && !this.#refusal.except.includes(account))
      throw new TransferError('busy', this.#refusal.text)
  }
}
