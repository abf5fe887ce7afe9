import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { TransferError } from '@ftp/protocol'
import { Deadlines } from '../../../guards/deadlines.ts'
import type { Disconnect } from '../../../guards/disconnect.ts'
import type { Refusal as SourceRefusal } from '../../../guards/refusal.ts'
import { type Guards, loginTime, type Peer, type Served } from '../../door.ts'
import type { FtpOptions } from '../session/options.ts'
import { Session } from '../session/session.ts'
import { type BadLine, type Command, CommandDecoder } from '../wire/command-decoder.ts'
import type { Reply } from '../wire/reply.ts'
import { answerTo } from './answer.ts'
import { sendReply } from './send-reply.ts'

/** The number of commands that may wait before no more are read. */
const MOST_WAITING = 32
/** The number of commands before the login that may be wrong. */
const MOST_MISTAKES = 3
/** How long a client that has been refused may take to read why, in milliseconds. */
const LINGER_MS = 2_000

/** The control connection of an FTP client: its commands are answered one after the other. */
export class Connection implements Served {
  readonly #raw: Socket
  readonly #peer: Peer
  readonly #guards: Guards
  readonly #session: Session
  readonly #waiting: (Command | BadLine)[] = []
  #socket: Socket
  #decoder = new CommandDecoder()
  #deadlines: Deadlines
  #isBusy = false
  #isDraining = false
  #isClosing = false
  #mistakes = 0
  #disconnect: Disconnect = 'silent'
  readonly #hear = (chunk: Buffer): void => this.#receive(chunk)

  constructor(socket: Socket, peer: Peer, guards: Guards, options: FtpOptions) {
    this.#raw = socket
    this.#socket = socket
    this.#peer = peer
    this.#guards = guards
    this.#session = new Session(peer, guards, options, {
      local: socket.localAddress ?? '',
      say: (reply) => this.#say(reply),
      secure: (reply) => this.#secure(reply),
      close: (disconnect) => {
        if (disconnect !== undefined) this.#disconnect = disconnect
        this.#isClosing = true
      },
      isCancelled: () => this.#waiting.some((line) => typeof line !== 'string' && line.name === 'ABOR'),
      onLogin: (account) => {
        this.#disconnect = 'served'
        this.#deadlines.loggedIn()
        peer.onLogin(account)
      },
    })
    this.#deadlines = this.#watch()
    socket.on('error', () => {})
    socket.once('close', () => this.#closed())
    process.nextTick(() => this.#begin(options.isImplicit))
  }

  drain(): void {
    this.#isDraining = true
    if (!this.#isBusy) this.#end({ code: 421, text: 'the server is stopping' })
  }

  drop(refusal: SourceRefusal): void {
    if (this.#session.login !== undefined) return
    this.#session.refusal = refusal
    if (refusal.except.length === 0 && this.#raw.bytesWritten > 0)
      this.#end({ code: 421, text: refusal.text })
  }

  recheck(): void {
    this.#session.recheck().catch((error: unknown) => {
      this.#session.abort(TransferError.from(error))
      this.#end({ code: 421, text: TransferError.from(error).message })
    })
  }

  /** The blocks of a download are released by their payload, and those of an upload by the upload. */
  yieldMemory(): void {}

  #begin(isImplicit: boolean): void {
    if (isImplicit) this.#upgrade(() => this.#greet())
    else this.#greet()
  }

  #greet(): void {
    const { refusal } = this.#session
    if (refusal?.except.length === 0) return this.#end({ code: 421, text: refusal.text })
    void this.#say({ code: 220, text: `${this.#guards.server} ready` })
    this.#socket.on('data', this.#hear).on('end', () => this.#left())
  }

  #watch(): Deadlines {
    const { timeouts } = this.#guards
    const deadlines = new Deadlines(
      this.#socket,
      { ...timeouts, login: loginTime(this.#guards, this.#peer) },
      // While a command runs, a data connection has limits of its own.
      { owes: () => this.#socket.writableLength > 0, rests: () => this.#isBusy },
      ({ message }) => this.#late(message),
    )
    deadlines.idle()
    return deadlines
  }

  #receive(chunk: Buffer): void {
    for (const line of this.#decoder.push(chunk)) {
      if (typeof line !== 'string' && line.name === 'ABOR') this.#session.cancel()
      this.#waiting.push(line)
    }
    if (this.#waiting.length > MOST_WAITING) this.#socket.pause()
    if (!this.#isBusy) void this.#serve()
  }

  /** Never rejects. */
  async #serve(): Promise<void> {
    this.#isBusy = true
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await this.#answer(next)
      if (this.#raw.destroyed) return
      if (this.#isClosing) return this.#end()
      if (this.#isDraining) return this.#end({ code: 421, text: 'the server is stopping' })
      // Others have their turn before the next command of this connection.
      await setImmediate()
    }
    this.#isBusy = false
    this.#socket.resume()
  }

  async #answer(command: Command | BadLine): Promise<void> {
    const { reply, ending } = await answerTo(this.#session, command)
    if (ending === 'violation') this.#violated()
    if (ending !== undefined) this.#isClosing = true
    if (reply === undefined) return
    const isMistake = this.#session.login === undefined && reply.code >= 500 && reply.code < 530
    if (isMistake && ++this.#mistakes >= MOST_MISTAKES) this.#isClosing = true
    await this.#say(reply)
  }

  async #say(reply: Reply): Promise<void> {
    await sendReply(this.#socket, reply)
  }

  /**
   * Begins TLS after the reply. What the client has sent before the handshake would count as encrypted, although
   * anyone may have put it there.
   */
  async #secure(reply: Reply): Promise<void> {
    const socket = this.#socket.off('data', this.#hear).pause()
    if (this.#waiting.length > 0 || this.#decoder.isInLine || socket.readableLength > 0) {
      this.#violated()
      socket.destroy()
      return
    }
    await this.#say(reply)
    this.#upgrade(() => this.#socket.on('data', this.#hear).on('end', () => this.#left()))
  }

  #upgrade(onSecure: () => void): void {
    const tls = this.#session.tls
    if (tls === undefined) return void this.#raw.destroy()
    this.#raw.removeAllListeners('end')
    const socket = tls.wrap(this.#raw)
    this.#deadlines[Symbol.dispose]()
    this.#socket = socket
    this.#deadlines = this.#watch()
    if (this.#session.login !== undefined) this.#deadlines.loggedIn()
    if (this.#disconnect === 'silent') this.#disconnect = 'distrusted'
    socket.on('error', () => {})
    socket.once('secure', () => {
      if (this.#disconnect === 'distrusted') this.#disconnect = 'silent'
      this.#session.isEncrypted = true
      onSecure()
    })
  }

  #violated(): void {
    this.#disconnect = 'violation'
    this.#isClosing = true
  }

  #late(reason: string): void {
    if (this.#session.login === undefined && this.#disconnect === 'silent') this.#disconnect = 'late'
    this.#end({ code: 421, text: reason })
  }

  /** The client sends no more commands. What it has asked for is still answered. */
  #left(): void {
    if (this.#isBusy) this.#isClosing = true
    else this.#end()
  }

  #end(reply?: Reply): void {
    this.#waiting.length = 0
    this.#isClosing = true
    const socket = this.#socket
    if (reply !== undefined) void this.#say(reply)
    socket.off('data', this.#hear).resume().end()
    const linger = setTimeout(() => this.#raw.destroy(), LINGER_MS)
    this.#raw.once('close', () => clearTimeout(linger))
  }

  #closed(): void {
    this.#waiting.length = 0
    this.#deadlines[Symbol.dispose]()
    this.#session.abort(new TransferError('lost', 'the client closed the control connection'))
    this.#session[Symbol.dispose]()
    this.#peer.onClose(this.#disconnect)
  }
}
