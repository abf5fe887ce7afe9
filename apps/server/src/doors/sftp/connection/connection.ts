import type { Socket } from 'node:net'
import { TransferError } from '@ftp/protocol'
import ssh2, { type Connection as Client, type ParsedKey, type ServerChannel } from 'ssh2'
import { Deadlines } from '../../../guards/deadlines.ts'
import type { Disconnect } from '../../../guards/disconnect.ts'
import type { Refusal } from '../../../guards/refusal.ts'
import type { Login } from '../../../share/logins.ts'
import type { Share } from '../../../share/share.ts'
import { type Guards, loginTime, type Peer, type Served } from '../../door.ts'
import { closeSoon } from '../../sending/close-soon.ts'
import { Conversation } from '../requests/conversation.ts'
import { Handles } from '../requests/handles.ts'
import { ALGORITHMS } from './algorithms.ts'
import { Authentication } from './authentication.ts'
import { answerDigest, type DigestCommand } from './digest-command.ts'
import { Sending } from './sending.ts'
import { serveSession } from './session.ts'
import { announceSignatures, type Reason, tellEnd } from './upstream.ts'

/** The maximum number of sessions that a connection may have at a time. */
const MOST_SESSIONS = 8
/** The maximum number that it may have one after the other: ssh2 remembers some of them until the connection ends. */
const MOST_OPENED = 10_000
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
  readonly #handles = new Handles()
  readonly #conversations = new Set<Conversation>()
  readonly #stop = new AbortController()
  #client: Client | undefined
  #login: Login | undefined
  #sessions = 0
  #opened = 0
  #isDraining = false
  #digests: Promise<void> = Promise.resolve()
  #disconnect: Disconnect = 'silent'

  constructor(socket: Socket, peer: Peer, guards: Guards, hostKey: ParsedKey) {
    this.#socket = socket
    this.#peer = peer
    this.#guards = guards
    this.#sending = new Sending(socket, () => this.#balance())
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
    server.on('connection', (client) => this.#begin(client))
    server.injectSocket(socket)
  }

  drain(): void {
    this.#isDraining = true
    for (const conversation of this.#conversations) conversation.drain()
    this.#endIfDrained()
  }

  drop(refusal: Refusal): void {
    if (this.#login !== undefined) return
    this.#authentication.refuse(refusal)
    if (refusal.except.length > 0) return
    if (this.#disconnect === 'silent') closeSoon(this.#socket)
    else this.#end({ reason: 'busy', text: refusal.text })
  }

  recheck(): void {
    this.#login?.share().catch((error: unknown) => {
      const failure = TransferError.from(error)
      if (failure.code === 'login') this.#end({ reason: 'login', text: failure.message })
    })
  }

  /** Blocks are released by the files that hold them. */
  yieldMemory(): void {}

  #begin(client: Client): void {
    this.#client = client
    this.#sending.begin(client)
    announceSignatures(client)
    client.on('error', (error: Error & { level?: string }) => this.#failed(error))
    client.once('handshake', () => {
      // Whoever leaves now has seen our key, and may not trust it.
      if (this.#disconnect === 'silent') this.#disconnect = 'distrusted'
    })
    client.on('authentication', (attempt) => {
      if (this.#disconnect === 'silent' || this.#disconnect === 'distrusted') this.#disconnect = 'served'
      void this.#authentication.answer(attempt)
    })
    client.on('session', (accept, reject) => {
      if (this.#sessions >= MOST_SESSIONS) return reject()
      if (++this.#opened > MOST_OPENED) return this.#end({ reason: 'busy', text: 'connect again' })
      this.#sessions++
      const session = accept()
      session.once('close', () => this.#sessions--)
      serveSession(session, {
        onSftp: (channel) => void this.#converse(channel),
        onDigest: (channel, command) => this.#digest(channel, command),
      })
    })
  }

  async #converse(channel: ServerChannel): Promise<void> {
    const { onFault } = this.#guards
    const context = { share: () => this.#share(), handles: this.#handles, signal: this.#stop.signal }
    const conversation = new Conversation(channel, context, {
      send: (to, reply) => this.#sending.send(to, reply),
      owner: () => this.#login?.blocks.owner ?? '',
      onFault,
      onFull: () => this.#balance(),
      onViolation: (reason) => this.#violated(reason),
    })
    this.#sending.watch(channel)
    this.#conversations.add(conversation)
    await conversation.run()
    this.#conversations.delete(conversation)
    this.#balance()
    this.#endIfDrained()
  }

  #endIfDrained(): void {
    if (this.#isDraining && this.#conversations.size === 0)
      this.#end({ reason: 'shutdown', text: 'the server is stopping' })
  }

  /**
   * Stops reading while too many requests wait, unless they wait for the client, which tells in the same stream that it
   * has room again.
   */
  #balance(): void {
    const isFull = [...this.#conversations].some((conversation) => conversation.isFull)
    if (isFull && !this.#sending.isWaiting) this.#socket.pause()
    else if (this.#socket.isPaused() && !this.#socket.destroyed) this.#socket.resume()
  }

  /** Answers one question after the other, because each may take as long as reading a large file. */
  #digest(channel: ServerChannel, command: DigestCommand): Promise<void> {
    const { signal } = this.#stop
    this.#digests = this.#digests.then(() => answerDigest(channel, command, () => this.#share(), signal))
    return this.#digests
  }

  async #share(): Promise<Share> {
    if (this.#login === undefined) throw new TransferError('login', 'log in first')
    return await this.#login.share()
  }

  #loggedIn(login: Login): void {
    this.#login = login
    this.#disconnect = 'served'
    this.#deadlines.loggedIn()
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
    // A server that stops waits for its connections, and so for what they keep.
    await this.#handles[Symbol.asyncDispose]()
    this.#peer.onClose(this.#disconnect)
  }
}
