import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import { TransferError } from '@ftp/protocol'
import { Deadlines } from '../../../guards/deadlines.ts'
import { Throttle } from '../../../guards/throttle.ts'
import { Outgoing } from '../../sending/outgoing.ts'
import type { Payload } from '../../sending/payload.ts'
import type { Session } from '../session/session.ts'
import { Refusal } from '../wire/reply.ts'
import { HeldEnd } from './held-end.ts'

/** How long a client may take to close its end after a download before it is told that this is complete, in milliseconds. */
const CLOSE_MS = 1_000

/** The data connection of one transfer. Disposing of it without {@link finish} breaks it off, visibly. */
export class DataChannel implements Disposable {
  readonly #raw: Socket
  readonly #session: Session
  readonly #signal: AbortSignal
  #socket: Socket
  #outgoing: Outgoing
  #deadlines: Deadlines
  #isAwaited = false
  #isSecure = false
  /** Whether the connection has ended without TLS having ended. */
  #isCut = false
  #isFinished = false
  readonly #stop = (): void => this[Symbol.dispose]()

  /** @param raw is taken over; nothing has been read from it */
  constructor(raw: Socket, session: Session, signal: AbortSignal) {
    this.#raw = raw
    this.#session = session
    this.#signal = signal
    this.#socket = raw
    this.#deadlines = this.#watch()
    this.#outgoing = this.#sender()
    raw.on('error', () => {})
    raw.once('close', () => this.#deadlines[Symbol.dispose]())
    if (signal.aborted) this.#stop()
    signal.addEventListener('abort', this.#stop)
  }

  /**
   * Begins TLS, and waits for its handshake.
   * @param direction what will be transferred: bytes that come have to be known to be complete
   * @throws Refusal 425
   */
  async secure(direction: 'in' | 'out'): Promise<void> {
    const { tls, guards, options } = this.#session
    if (tls === undefined) throw new TransferError('internal', 'there is no key for TLS')
    const below = direction === 'in' ? new HeldEnd(this.#raw, () => this.#cut()) : this.#raw
    const socket = tls.wrap(below)
    this.#socket = socket
    this.#deadlines[Symbol.dispose]()
    this.#deadlines = this.#watch()
    this.#outgoing = this.#sender()
    const late = setTimeout(() => this.#raw.destroy(), guards.timeouts.login)
    const isSecure = await new Promise<boolean>((resolve) => {
      socket.once('secure', () => resolve(true))
      socket.on('error', () => resolve(false)).once('close', () => resolve(false))
    })
    clearTimeout(late)
    this.#isSecure = isSecure
    if (!isSecure) {
      this.#signal.throwIfAborted()
      throw new Refusal(425, 'the data connection did not begin TLS')
    }
    if (options.requiresResumption && !socket.isSessionReused())
      throw new Refusal(522, 'the data connection has to resume the TLS session of the control connection')
  }

  /** Sends bytes. @throws TransferError `lost`, or why the transfer was ended */
  async send(payload: Payload): Promise<void> {
    try {
      await this.#outgoing.sendBytes(payload)
    } catch (error) {
      this.#signal.throwIfAborted()
      throw error
    }
  }

  /**
   * The bytes that the client sends. They are complete only if the iteration ends without an error; inside TLS, the
   * client has then said so.
   * @throws TransferError `lost`, or why the transfer was ended
   */
  async *bytes(): AsyncGenerator<Uint8Array> {
    const chunks = this.#socket.iterator({ destroyOnReturn: false })
    for (;;) {
      const { done, value } = await this.#next(chunks)
      if (done === true) break
      if (!(value instanceof Uint8Array)) throw new TypeError('a data connection carries bytes')
      yield value
    }
  }

  async #next(chunks: AsyncIterator<unknown>): Promise<IteratorResult<unknown, unknown>> {
    this.#isAwaited = true
    try {
      const next = chunks.next()
      if (this.#isCut) void setImmediate().then(() => this.#judge())
      return await next
    } catch (cause) {
      this.#signal.throwIfAborted()
      throw new TransferError('lost', 'the data connection was lost before the end of the file', { cause })
    } finally {
      this.#isAwaited = false
    }
  }

  #cut(): void {
    this.#isCut = true
    this.#judge()
  }

  /** If everything has been read and TLS has not ended, the rest is missing. */
  #judge(): void {
    if (this.#isSecure && !this.#isAwaited) return
    if (this.#socket.readableLength > 0 || this.#socket.readableEnded) return
    this.#socket.destroy(new Error('the connection ended, but TLS did not'))
  }

  /**
   * Ends the connection after everything that has been sent, and gives the client a moment to end it, too.
   * @throws TransferError `lost`, or why the transfer was ended
   */
  async finish(): Promise<void> {
    const socket = this.#socket
    const ended = new Promise<boolean>((resolve) => {
      socket.once('end', () => resolve(true)).once('close', () => resolve(!socket.errored))
      if (socket.readableEnded || socket.destroyed) resolve(!socket.errored)
    })
    const isSent = await new Promise<boolean>((resolve) => {
      socket.once('close', () => resolve(socket.writableFinished))
      socket.resume().end(() => resolve(true))
    })
    this.#signal.throwIfAborted()
    if (!isSent) throw new TransferError('lost', 'the data connection was lost')
    this.#isFinished = true
    const late = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => late.resolve(true), CLOSE_MS)
    const isRight = await Promise.race([ended, late.promise])
    clearTimeout(timer)
    if (!isRight) throw new TransferError('lost', 'the client broke off the data connection')
  }

  #watch(): Deadlines {
    const { timeouts } = this.#session.guards
    const socket = this.#socket
    const owes = (): boolean => this.#isAwaited || socket.writableLength > 0
    const deadlines = new Deadlines(
      socket,
      timeouts,
      { owes, rests: () => !owes() && !this.#isFinished },
      (reason) => (this.#isFinished ? this.#raw.destroy() : this.#session.abort(reason)),
    )
    deadlines.loggedIn()
    deadlines.answering()
    return deadlines
  }

  #sender(): Outgoing {
    const owner = (): string => this.#session.login?.blocks.owner ?? `address ${this.#session.origin.source}`
    return new Outgoing(this.#socket, { throttle: new Throttle(), owner })
  }

  /** A reset tells the client that the bytes are not complete, even without TLS. */
  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#stop)
    if (this.#isFinished) return
    if (this.#socket instanceof TLSSocket) this.#socket.destroy()
    this.#raw.resetAndDestroy()
  }
}
