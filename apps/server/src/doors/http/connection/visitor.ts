import { foldUserName, type ScramVerifier, TransferError } from '@ftp/protocol'
import { Refused, type Refusal as SourceRefusal } from '../../../guards/refusal.ts'
import { sourceOf } from '../../../guards/source-address.ts'
import type { Guest } from '../../../share/links.ts'
import type { Login, Logins } from '../../../share/logins.ts'
import type { ClientOrigin } from '../../../share/origin.ts'
import { WrongPassword } from '../../../share/passwords.ts'
import type { Share } from '../../../share/share.ts'
import { parseBasic } from '../fields/basic.ts'
import type { Exchange } from './exchange.ts'
import { Refusal } from './problem.ts'
import { sessionOf, setSession } from './session-cookie.ts'

/** Receives what the requests of a connection reveal about their sender. */
export interface VisitorListener {
  /** Called once, at the first request that is authorised, with the name of its account or link. */
  readonly onLogin: (account: string) => void
  /** Called for each wrong password. */
  readonly onWrong: () => void
}

/** How a guest opens a share link. */
export interface LinkVisit {
  readonly secret: string
  /** The value of the link's cookie. */
  readonly visit: string | undefined
  /** The upload that the guest continues. */
  readonly upload: string | undefined
}

/** A session that follows one that has ended with the password of its account. */
export interface Renewal {
  readonly account: string
  /** Of the new password. */
  readonly salt: Uint8Array
  readonly isRemembered: boolean
}

/** The sender of the requests of one connection. Each request identifies its sender anew. */
export class Visitor {
  readonly #logins: Logins
  readonly #origin: ClientOrigin
  readonly #listener: VisitorListener
  /** The latest login, and the credentials that its request has shown. */
  #latest: { readonly proof: string; readonly login: Login } | undefined
  /** The refusal that everybody except the exempt accounts gets. */
  #refusal: SourceRefusal | undefined

  constructor(logins: Logins, address: string, listener: VisitorListener) {
    this.#logins = logins
    this.#origin = { address, source: sourceOf(address), door: 'web' }
    this.#listener = listener
  }

  get isLoggedIn(): boolean {
    return this.#latest !== undefined
  }

  /** The name of the account that sent the latest authorised request. */
  get account(): string | undefined {
    return this.#latest?.login.account.name
  }

  /** The owner of the turns and the memory that the latest authorised request takes. */
  get owner(): string {
    return this.#latest?.login.blocks.owner ?? `address ${this.#origin.source}`
  }

  /**
   * Answers every login with this refusal, unless it is an exempt account with its right password. All other
   * logins get the same answer after the same time, so that nobody can tell which accounts are exempt.
   */
  refuse(refusal: SourceRefusal): void {
    this.#refusal = refusal
  }

  /**
   * What the sender of a request sees of the stored files, with the rights that it has now.
   * @throws Refusal 401 if it has to log in, or has failed to
   */
  async share(exchange: Exchange): Promise<Share> {
    return await (await this.login(exchange)).share()
  }

  /** The login of the sender of a request. @throws Refusal 401 */
  async login(exchange: Exchange): Promise<Login> {
    const authorization = exchange.header('authorization')
    const session = authorization === undefined ? sessionOf(exchange) : undefined
    const proof = JSON.stringify([authorization, session])
    return await this.#refusing(exchange, session !== undefined, async () => {
      const login =
        this.#latest?.proof === proof
          ? this.#latest.login
          : session === undefined
            ? await this.#enter(authorization, exchange.signal)
            : await this.#logins.sessions.enter(session, this.#origin)
      await login.share()
      this.#requireExempt(login.account.name)
      this.#loggedIn(proof, login, login.account.name)
      return login
    })
  }

  /**
   * Opens a share link for the sender of a request, who may need its password.
   * @throws Refusal 401; TransferError `not_found` if there is no such link
   */
  async guest(exchange: Exchange, visit: LinkVisit): Promise<Guest> {
    const authorization = exchange.header('authorization')
    const password = authorization === undefined ? undefined : parseBasic(authorization)?.password
    return await this.#refusing(exchange, false, async () => {
      this.#requireExempt(undefined)
      const { signal } = exchange
      const guest = await this.#logins.links.open({ ...visit, password, signal }, this.#origin)
      this.#loggedIn(`link ${visit.secret}`, guest.login, `link ${guest.name}`)
      return guest
    })
  }

  /**
   * Begins a session for an account that has logged in.
   * @param isRemembered whether the browser is to keep it when it is closed
   */
  async beginSession(exchange: Exchange, isRemembered: boolean): Promise<void> {
    const login = await this.login(exchange)
    setSession(exchange, await this.#logins.sessions.begin(login, this.#origin), isRemembered)
  }

  /**
   * Begins a new session in place of the one to which a request belongs, if it belongs to one.
   * @param salt of the password that the account has just been given
   */
  async renewSession(exchange: Exchange, { account, salt, isRemembered }: Renewal): Promise<void> {
    if (sessionOf(exchange) === undefined) return
    const login = await this.#logins.enter(account, this.#origin, salt)
    setSession(exchange, await this.#logins.sessions.begin(login, this.#origin), isRemembered)
  }

  /**
   * Derives the verifier of a new password, when it is its turn.
   * @throws TransferError `bad_request` if the password is invalid or too short; `busy`
   */
  async newVerifier(password: string, signal: AbortSignal): Promise<ScramVerifier> {
    return await this.#logins.newVerifier(password, this.#origin.source, signal)
  }

  /** Ends the session of a request, if it has one. */
  async endSession(exchange: Exchange): Promise<void> {
    const session = sessionOf(exchange)
    if (session === undefined) return
    await this.#logins.sessions.end(session)
    setSession(exchange, '')
  }

  /** @throws TransferError `login` if the sender of the latest request is no longer admitted */
  async recheck(): Promise<void> {
    await this.#latest?.login.share()
  }

  #loggedIn(proof: string, login: Login, name: string): void {
    const isFirst = this.#latest === undefined
    this.#latest = { proof, login }
    if (isFirst) this.#listener.onLogin(name)
  }

  async #enter(authorization: string | undefined, signal: AbortSignal): Promise<Login> {
    if (authorization === undefined) return await this.#logins.enterAnonymously(this.#origin)
    const basic = parseBasic(authorization)
    if (basic === undefined)
      throw new TransferError('login', 'this server understands user names and passwords alone (Basic)')
    const { user, password } = basic
    try {
      return await this.#logins.enterWithPassword(user, password, this.#origin, signal)
    } catch (error) {
      if (error instanceof TransferError && error.code === 'login') this.#logins.refused(user, this.#origin)
      throw error
    }
  }

  /** Turns a refused login into an answer that lets the client try again. */
  async #refusing<T>(exchange: Exchange, isSession: boolean, action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof TransferError) || error.code !== 'login') throw error
      const authorization = exchange.header('authorization')
      const user = foldUserName(parseBasic(authorization ?? '')?.user ?? '')
      if (error instanceof WrongPassword && (this.#refusal?.except.includes(user) ?? true))
        this.#listener.onWrong()
      this.#requireExempt(undefined)
      // Otherwise, the browser would send the old cookie again and again.
      if (isSession) setSession(exchange, '')
      // A connection may try one wrong password; its source is penalised when the connection ends.
      if (authorization !== undefined) exchange.isLast = true
      // A page asks for the password itself; the window of the browser would get in its way.
      const isPage = exchange.header('sec-fetch-dest') === 'empty'
      const challenge = { 'WWW-Authenticate': 'Basic realm="ftp-server", charset="UTF-8"' }
      throw new Refusal(401, 'login', error.message, isPage ? {} : challenge)
    }
  }

  /** @param account undefined for a client without one @throws the refusal, unless this account is exempt from it */
  #requireExempt(account: string | undefined): void {
    if (this.#refusal === undefined) return
    const { except } = this.#refusal
    if (account === undefined || !except.includes(account)) throw new Refused(this.#refusal)
  }
}
