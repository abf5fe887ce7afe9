import type { Socket } from 'node:net'
import { TransferError } from '@ftp/protocol'
import ssh2, { type Connection as Client, type ParsedKey } from 'ssh2'
import { Deadlines } from '../../../guards/deadlines.ts'
import type { Disconnect } from '../../../guards/disconnect.ts'
import type { Refusal } from '../../../guards/refusal.ts'
import type { Login } from '../../../share/logins.ts'
import type { Share } from '../../../share/share.ts'
import { type Guards, loginTime, type Peer, type Served } from '../../door.ts'
import { closeSoon } from '../../sending/close-soon.ts'
import { ALGORITHMS } from './algorithms.ts'
import { Authentication } from './authentication.ts'
import { IdleLimit } from './idle-limit.ts'
import { Sending } from './sending.ts'
import { Sessions } from './sessions.ts'
import { announceSignatures, preferGcm, type Reason, tellEnd } from './upstream.ts'

/** How often a client that sends nothing is asked whether it is still there, in milliseconds, and how many times. */
const [KEEPALIVE_MS, KEEPALIVES] = [60_000, 3]

/** One connection of SSH, from its first byte to its last. */
export class Connection implements Served {
  readonly #socket: Socket
  readonly #peer: Peer
  readonly #guards: Guards
  readonly #deadlines: Deadlines
  readonly #authentication: Authentication
  readonly #sending: Sending
  readonly #sessions: Sessions
  readonly #stop = new AbortController()
  #client: Client | undefined
  #login: Login | undefined
  /** Undefined before the login. */
  #idle: IdleLimit | undefined
  #disconnect: Disconnect = 'silent'

  constructor(socket: Socket, peer: Peer, guards: Guards, hostKey: ParsedKey) {
    this.#socket = socket
    this.#peer = peer
    this.#guards = guards
    this.#sending = new Sending(socket, () => this.#sessions.balance())
    this.#deadlines = new Deadlines(
      socket,
      { ...guards.timeouts, login: loginTime(guards, peer) },
      { owes: () => this.#sending.isWaiting, rests: () => false },
      (reason) => this.#late(reason),
    )
    this.#authentication = new Authentication(guards.logins, peer, this.#stop.signal, {
      onLogin: (login) => this.#loggedIn(login),
      onWrong: () => peer.onWrongPassword(),
      onExhausted: (why) => this.#end(why),
    })
    this.#sessions = new Sessions(this.#sending, this.#stop.signal, {
      share: () => this.#share(),
      owner: () => this.#login?.blocks.owner ?? '',
      onActive: () => this.#idle?.touch(),
      onFull: (isFull) => this.#pause(isFull),
      onDrained: () => this.#end({ reason: 'shutdown', text: 'the server is stopping' }),
      onExcess: (text) => {
        this.#end({ reason: 'busy', text })
        closeSoon(socket)
      },
      onFault: guards.onFault,
      onViolation: (reason) => this.#violated(reason),
    })
    socket.on('error', () => {})
    socket.once('close', () => void this.#closed())
    // What has been sent last may still be on its way; whoever does not leave by then is made to.
    socket.once('finish', () => closeSoon(socket))
    const server = new ssh2.Server({
      hostKeys: [{ key: hostKey, passphrase: '' }],
      algorithms: ALGORITHMS,
      ident: guards.server.replace('/', '_'),
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVES,
    })
    server.on('connection', (client, { header }) => this.#begin(client, header.versions.software))
    server.injectSocket(socket)
  }

  drain(): void {
    this.#sessions.drain()
  }

  drop(refusal: Refusal): void {
    if (this.#login !== undefined) return
    this.#authentication.refuse(refusal)
    if (refusal.except.length > 0) return
    if (this.#disconnect === 'silent') closeSoon(this.#socket)
    else this.#end({ reason: 'busy', text: refusal.text })
  }

  recheck(): void {
    // A session that has nothing open asks itself with its next request.
    if (this.#sessions.isUsing) this.#share().catch(() => {})
  }

  /** Blocks are released by the files that hold them. */
  yieldMemory(): void {}

  #begin(client: Client, software: string): void {
    this.#client = client
    this.#sending.begin(client)
    announceSignatures(client)
    preferGcm(client, software)
    client.on('error', (error: Error & { level?: string }) => this.#failed(error))
    client.once('handshake', () => {
      // Whoever leaves now has seen our key, and may not trust it.
      if (this.#disconnect === 'silent') this.#disconnect = 'distrusted'
    })
    client.on('authentication', (attempt) => {
      if (this.#disconnect === 'silent' || this.#disconnect === 'distrusted') this.#disconnect = 'served'
      void this.#authentication.answer(attempt)
    })
    client.on('session', (accept, reject) => this.#sessions.open(accept, reject))
  }

  #pause(isFull: boolean): void {
    if (isFull) this.#socket.pause()
    else if (this.#socket.isPaused() && !this.#socket.destroyed) this.#socket.resume()
  }

  async #share(): Promise<Share> {
    if (this.#login === undefined) throw new TransferError('login', 'log in first')
    try {
      return await this.#login.share()
    } catch (error) {
      const failure = TransferError.from(error)
      if (failure.code === 'login') this.#end({ reason: 'login', text: failure.message })
      throw failure
    }
  }

  #loggedIn(login: Login): void {
    this.#login = login
    this.#disconnect = 'served'
    this.#deadlines.loggedIn()
    const { idle } = this.#guards.timeouts
    this.#idle = new IdleLimit(
      idle,
      () => this.#sessions.isAnswering,
      () => this.#end({ reason: 'idle', text: 'nothing was asked for too long' }),
    )
    this.#peer.onLogin(login.account.name)
  }

  /** Tells the client why, and closes the connection. */
  #end({ reason, text }: { readonly reason: Reason; readonly text: string }): void {
    if (this.#client !== undefined && this.#socket.writable) tellEnd(this.#client, reason, text)
    this.#socket.end()
  }

  #failed(error: Error & { level?: string }): void {
    // A connection that breaks is no violation, and neither is a client that is too old.
    if (error.level === 'socket' || error.level === 'client-timeout') this.#socket.destroy()
    else if (error.level === 'handshake' && error.message.includes('no matching'))
      this.#guards.log.info({ address: this.#peer.address, reason: error.message }, 'no algorithm in common')
    else this.#violated(error.message)
  }

  #violated(reason: string): void {
    const { address } = this.#peer
    const account = this.#login?.account.name
    this.#guards.log.warn({ address, account, reason }, 'protocol violation')
    this.#disconnect = 'violation'
    this.#socket.destroy()
  }

  #late({ message: reason }: TransferError): void {
    const { address } = this.#peer
    if (this.#login === undefined) this.#disconnect = 'late'
    else this.#guards.log.info({ address, account: this.#login.account.name, reason }, 'connection timed out')
    this.#socket.destroy()
  }

  async #closed(): Promise<void> {
    this.#stop.abort(new TransferError('lost', 'the client closed the connection'))
    this.#deadlines[Symbol.dispose]()
    this.#idle?.[Symbol.dispose]()
    // A server that stops waits for its connections, and so for what they keep.
    await this.#sessions[Symbol.asyncDispose]()
    this.#peer.onClose(this.#disconnect)
  }
}
