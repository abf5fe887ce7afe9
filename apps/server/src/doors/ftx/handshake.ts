import {
  type AccountInfo,
  ANONYMOUS,
  ANONYMOUS_MECHANISM,
  type ClientMessage,
  type ClientPart,
  foldUserName,
  formatPath,
  LIMITS,
  negotiate,
  PROTOCOL_VERSION,
  type Reply,
  type Request,
  ScramServer,
  type ScramVerifier,
  scramMechanism,
  TransferError,
} from '@ftp/protocol'
import { sourceOf } from '../../guards/source-address.ts'
import type { Login } from '../../share/logins.ts'
import type { ClientOrigin } from '../../share/origin.ts'
import type { Guards, Peer } from '../door.ts'

/** The reply to a message of the handshake. If it contains a login, that login is accepted. */
export interface HandshakeStep {
  readonly reply: Reply
  readonly login?: Login
}

type Hello = Extract<Request, { type: 'hello' }>
type LoginRequest = Extract<Request, { type: 'login' }>
type Response = Extract<ClientPart, { type: 'response' }>

/**
 * The beginning of a conversation: `hello`, then `login` and the messages that belong to it, and nothing
 * else.
 */
export class Handshake {
  readonly #guards: Guards
  readonly #peer: Peer
  #next: 'hello' | 'login' | 'response' = 'hello'
  #frames = 0
  #user = ''
  /** The salt of the password that the client has to prove. */
  #salt: Uint8Array = new Uint8Array()
  /** The refusal that every account except the exempt ones gets, whatever it proves. */
  #refusal: { readonly answer: TransferError; readonly except: readonly string[] } | undefined
  #isWrong = false
  #isProven = false
  #scram: { readonly id: number; readonly server: ScramServer } | undefined

  constructor(guards: Guards, peer: Peer) {
    this.#guards = guards
    this.#peer = peer
  }

  /** The name that the client wants to log in with; empty until it has sent one. */
  get user(): string {
    return this.#user
  }

  /** Whether the password was wrong, although the answer is the refusal that everybody gets. */
  get isWrong(): boolean {
    return this.#isWrong
  }

  /** Whether the password was right: then a refused login was not a guess. */
  get isProven(): boolean {
    return this.#isProven
  }

  /**
   * Answers every login with this refusal, unless it is one of these accounts with its right password. Nobody
   * else can tell which accounts these are.
   */
  refuse(answer: TransferError, except: readonly string[]): void {
    this.#refusal = { answer, except }
  }

  get origin(): ClientOrigin {
    const { address } = this.#peer
    return { address, source: sourceOf(address), door: 'ftx' }
  }

  /**
   * Handles the next message of a client that is not logged in.
   * @throws TransferError `protocol`, `version`, `login`: each ends the connection
   */
  async answer(message: ClientMessage): Promise<HandshakeStep> {
    if (++this.#frames > LIMITS.framesBeforeLogin) {
      throw new TransferError('protocol', 'too many frames before the login')
    }
    if (message.type !== this.#next) throw new TransferError('protocol', `${this.#next} was expected`)
    switch (message.type) {
      case 'hello':
        return this.#hello(message)
      case 'login':
        return await this.#login(message)
      case 'response':
        return await this.#respond(message)
      default:
        throw new TransferError('protocol', `${this.#next} was expected`)
    }
  }

  #hello({ id, versions }: Hello): HandshakeStep {
    const version = negotiate(versions)
    if (version === undefined) {
      throw new TransferError('version', `this server speaks FTX ${PROTOCOL_VERSION}`)
    }
    this.#next = 'login'
    const { server, logins } = this.#guards
    const mechanisms = [this.#mechanism, ...(logins.allowsAnonymous ? [ANONYMOUS_MECHANISM] : [])]
    const { headerFromClient: header, payload, requests, requestBytes } = LIMITS
    const limits = { header, payload, requests, requestBytes }
    return { reply: { id, type: 'welcome', version, server, mechanisms, limits } }
  }

  async #login({ id, mechanism, message }: LoginRequest): Promise<HandshakeStep> {
    const { logins } = this.#guards
    if (mechanism === ANONYMOUS_MECHANISM && message === undefined) {
      this.#admit(ANONYMOUS)
      return this.#accept(id, await logins.enterAnonymously(this.origin))
    }
    if (mechanism !== this.#mechanism || message === undefined)
      throw new TransferError('login', 'this server does not offer that way to log in')
    const verifierOf = async (user: string): Promise<ScramVerifier> => {
      this.#user = user
      const verifier = await logins.verifierOf(user)
      this.#salt = verifier.salt
      return verifier
    }
    const server = new ScramServer(verifierOf, this.#peer.binding())
    const challenge = await server.challenge(message)
    this.#scram = { id, server }
    this.#next = 'response'
    return { reply: { id, type: 'challenge', message: challenge } }
  }

  async #respond({ id, message }: Response): Promise<HandshakeStep> {
    if (this.#scram?.id !== id) throw new TransferError('protocol', 'a response to another login')
    const { user, final } = this.#finish(this.#scram.server, message)
    this.#isProven = true
    return this.#accept(id, await this.#guards.logins.enter(user, this.origin, this.#salt), final)
  }

  #finish(scram: ScramServer, message: string): ReturnType<ScramServer['finish']> {
    const name = foldUserName(this.#user)
    try {
      const finished = scram.finish(message)
      this.#admit(name)
      return finished
    } catch (error) {
      if (this.#refusal === undefined) throw error
      this.#isWrong = this.#refusal.except.includes(name)
      throw this.#refusal.answer
    }
  }

  /** @throws the refusal, unless this account is exempt from it */
  #admit(account: string): void {
    if (this.#refusal !== undefined && !this.#refusal.except.includes(account)) throw this.#refusal.answer
  }

  #accept(id: number, login: Login, message?: string): HandshakeStep {
    const { name, permissions, home } = login.account
    const { quota } = login
    const account: AccountInfo = {
      name,
      permissions,
      home: `/${formatPath(home)}`,
      ...(this.#guards.logins.anyNames && { anyNames: true }),
      ...(quota !== undefined && { quota }),
    }
    return { reply: { id, type: 'accepted', account, ...(message !== undefined && { message }) }, login }
  }

  get #mechanism(): string {
    return scramMechanism(this.#peer.binding() !== undefined)
  }
}
