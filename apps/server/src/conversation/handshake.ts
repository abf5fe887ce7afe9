import {
  type Account,
  type ClientMessage,
  LIMITS,
  negotiate,
  PROTOCOL_VERSION,
  type Reply,
  type Request,
  TransferError,
} from '@ftp/protocol'

/** Who may come in, and what they are told. */
export interface HandshakeOptions {
  /** The server's name and version, for people. */
  readonly server: string
  /** Logs in without a password, if the server allows that. */
  readonly anonymous: Account | undefined
}

/** What to answer; with an account, the login is accepted. */
export interface HandshakeStep {
  readonly reply: Reply
  readonly account?: Account
}

/** The beginning of a conversation: hello, then login, and nothing else. */
export class Handshake {
  readonly #options: HandshakeOptions
  #next: 'hello' | 'login' = 'hello'
  #frames = 0

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  /**
   * Takes the next message of a client that is not logged in.
   * @throws TransferError `protocol`, `version`, `login`: each ends the connection
   */
  answer(message: ClientMessage): HandshakeStep {
    if (++this.#frames > LIMITS.framesBeforeLogin) {
      throw new TransferError('protocol', 'too many frames before the login')
    }
    if (message.type !== this.#next) throw new TransferError('protocol', `${this.#next} was expected`)
    return message.type === 'hello' ? this.#hello(message) : this.#login(message)
  }

  #hello({ id, versions }: Extract<Request, { type: 'hello' }>): HandshakeStep {
    const version = negotiate(versions)
    if (version === undefined) {
      throw new TransferError('version', `this server speaks FTX ${PROTOCOL_VERSION}`)
    }
    this.#next = 'login'
    const { server, anonymous } = this.#options
    const mechanisms = anonymous === undefined ? [] : ['ANONYMOUS']
    const { headerFromClient: header, payload, requests, requestBytes } = LIMITS
    const limits = { header, payload, requests, requestBytes }
    return { reply: { id, type: 'welcome', version, server, mechanisms, limits } }
  }

  #login({ id, mechanism, message }: Extract<Request, { type: 'login' }>): HandshakeStep {
    const isAnonymous = mechanism === 'ANONYMOUS' && message === undefined
    const account = isAnonymous ? this.#options.anonymous : undefined
    if (account === undefined) {
      throw new TransferError('login', 'this server does not let you in that way')
    }
    return { reply: { id, type: 'accepted', account }, account }
  }
}
