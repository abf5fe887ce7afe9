import { TransferError } from '@ftp/protocol'
import { sourceOf } from '../../../guards/source-address.ts'
import type { Login, Logins } from '../../../share/logins.ts'
import type { ClientOrigin } from '../../../share/origin.ts'
import { WrongPassword } from '../../../share/passwords.ts'
import type { Share } from '../../../share/share.ts'
import { parseBasic } from '../fields/basic.ts'
import type { Exchange } from './exchange.ts'
import { Refusal } from './problem.ts'

/** Learns what the requests of a connection say of their sender. */
export interface VisitorListener {
  /** Called once, at the first request that is authorised, with the name of its account. */
  readonly onLogin: (account: string) => void
  /** Called for each wrong password. */
  readonly onWrong: () => void
}

/** Whoever sends the requests of one connection. Each request says anew who that is. */
export class Visitor {
  readonly #logins: Logins
  readonly #origin: ClientOrigin
  readonly #listener: VisitorListener
  /** The latest login, and the header that it came with. */
  #latest: { readonly authorization: string | undefined; readonly login: Login } | undefined

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

  /**
   * What the sender of a request sees of the stored files, with the rights that it has now.
   * @throws Refusal 401 if it has to log in, or has done so in vain
   */
  async share(exchange: Exchange): Promise<Share> {
    const authorization = exchange.header('authorization')
    const latest = this.#latest
    try {
      const login =
        latest !== undefined && latest.authorization === authorization
          ? latest.login
          : await this.#login(authorization, exchange.signal)
      const share = await login.share()
      this.#latest = { authorization, login }
      if (latest === undefined) this.#listener.onLogin(login.account.name)
      return share
    } catch (error) {
      if (!(error instanceof TransferError) || error.code !== 'login') throw error
      throw this.#refusal(exchange, error)
    }
  }

  /** @throws TransferError `login` if the sender of the latest request may not come in any more */
  async recheck(): Promise<void> {
    await this.#latest?.login.share()
  }

  async #login(authorization: string | undefined, signal: AbortSignal): Promise<Login> {
    if (authorization === undefined) return await this.#logins.enterAnonymously(this.#origin)
    const basic = parseBasic(authorization)
    if (basic === undefined)
      throw new TransferError('login', 'this server understands user names and passwords alone (Basic)')
    const { user, password } = basic
    try {
      return await this.#logins.enterWithPassword(user, password, this.#origin, signal)
    } catch (error) {
      if (error instanceof TransferError && error.code === 'login') this.#logins.refused(user, this.#origin)
      if (error instanceof WrongPassword) this.#listener.onWrong()
      throw error
    }
  }

  #refusal(exchange: Exchange, { message }: TransferError): Refusal {
    // One wrong password for each connection, and its source is punished when that ends.
    if (exchange.header('authorization') !== undefined) exchange.isLast = true
    // A page asks for the password itself: the browser's own window would come in between.
    const isPage = exchange.header('sec-fetch-dest') === 'empty'
    const challenge = { 'WWW-Authenticate': 'Basic realm="ftp-server", charset="UTF-8"' }
    return new Refusal(401, 'login', message, isPage ? {} : challenge)
  }
}
