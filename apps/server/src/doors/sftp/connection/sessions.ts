import type { TransferError } from '@ftp/protocol'
import type { AcceptConnection, RejectConnection, ServerChannel, Session } from 'ssh2'
import { FairMemory } from '../../../share/fair-memory.ts'
import type { Share } from '../../../share/share.ts'
import { Conversation } from '../requests/conversation.ts'
import { Handles } from '../requests/handles.ts'
import { answerDigest, type DigestCommand } from './digest-command.ts'
import type { Sending } from './sending.ts'
import { serveSession } from './session.ts'

/** The maximum number of sessions that a connection may have at a time. */
const MOST_SESSIONS = 8
/** The maximum number that it may have one after the other: ssh2 remembers some of them until the connection ends. */
const MOST_OPENED = 10_000
/**
 * What a session may hold whose client sends requests but takes no answers: the window of its channel, which ssh2 fixes,
 * and what has been read from it.
 */
const UNTAKEN_BYTES = 2_400_000
/** What all such sessions of this thread may hold. */
const untaken = new FairMemory(33_554_432)

/** What the sessions of a connection need of it, and tell it. */
export interface SessionsListener {
  /** @throws TransferError `login` */
  readonly share: () => Promise<Share>
  /** Returns the present owner of the connection, for its turns and its memory. */
  readonly owner: () => string
  /** Called when the client asks for something, and when it has been answered. */
  readonly onActive: () => void
  /** Called with whether so many requests wait that no more should be read. */
  readonly onFull: (isFull: boolean) => void
  /** Called when the last session ends after {@link Sessions.drain}. */
  readonly onDrained: () => void
  /** Called with a sentence for the client if it takes more than it may. */
  readonly onExcess: (text: string) => void
  readonly onFault: (error: TransferError) => void
  readonly onViolation: (reason: string) => void
}

/** The sessions of one connection, and all that they have open. */
export class Sessions implements AsyncDisposable {
  readonly #sending: Sending
  readonly #signal: AbortSignal
  readonly #listener: SessionsListener
  readonly #handles = new Handles()
  /** With the memory that each has taken because its client takes no answers. */
  readonly #conversations = new Map<Conversation, Disposable | undefined>()
  #count = 0
  #opened = 0
  #isDraining = false
  #digests: Promise<void> = Promise.resolve()
  #waitingDigests = 0

  /** @param signal aborted when the client has gone */
  constructor(sending: Sending, signal: AbortSignal, listener: SessionsListener) {
    this.#sending = sending
    this.#signal = signal
    this.#listener = listener
  }

  /** Whether something is open or runs for which the client need not ask again. */
  get isUsing(): boolean {
    return !this.#handles.isEmpty || this.#waitingDigests > 0
  }

  /** Whether the client waits for an answer. */
  get isAnswering(): boolean {
    return this.#waitingDigests > 0 || this.#conversations.keys().some(({ isAnswering }) => isAnswering)
  }

  /** Opens a session, if there may be one more. */
  open(accept: AcceptConnection<Session>, reject: RejectConnection): void {
    if (this.#count >= MOST_SESSIONS) return void reject()
    if (++this.#opened > MOST_OPENED) return this.#listener.onExcess('connect again')
    this.#count++
    this.#listener.onActive()
    const session = accept()
    session.once('close', () => this.#count--)
    serveSession(session, {
      onSftp: (channel) => void this.#converse(channel),
      onDigest: (channel, command) => this.#digest(channel, command),
    })
  }

  /** Answers no more requests than those that have arrived. */
  drain(): void {
    this.#isDraining = true
    for (const conversation of this.#conversations.keys()) conversation.drain()
    this.#endIfDrained()
  }

  /**
   * Has no more requests read while too many wait, unless they wait for the client, which tells in the same stream that
   * it has room again. To be called when either may have changed.
   */
  balance(): void {
    const { isWaiting } = this.#sending
    let isFull = false
    for (const [conversation, held] of this.#conversations) {
      isFull ||= conversation.isFull
      if (!conversation.isFull || !isWaiting) this.#release(conversation)
      else if (held === undefined && !this.#hold(conversation))
        return this.#listener.onExcess('read the answers before you ask for more')
    }
    this.#listener.onFull(isFull && !isWaiting)
  }

  /** @returns whether there is memory for what the client may send while it takes no answers */
  #hold(conversation: Conversation): boolean {
    const held = untaken.tryTake(this.#listener.owner(), UNTAKEN_BYTES)
    this.#conversations.set(conversation, held)
    return held !== undefined
  }

  #release(conversation: Conversation): void {
    this.#conversations.get(conversation)?.[Symbol.dispose]()
    this.#conversations.set(conversation, undefined)
  }

  async #converse(channel: ServerChannel): Promise<void> {
    const { share, owner, onActive, onFault, onViolation } = this.#listener
    const context = { share, handles: this.#handles, signal: this.#signal }
    const conversation = new Conversation(channel, context, {
      send: (to, reply) => this.#sending.send(to, reply),
      owner,
      onActive,
      onFault,
      onFull: () => this.balance(),
      onViolation,
    })
    this.#sending.watch(channel)
    this.#conversations.set(conversation, undefined)
    await conversation.run()
    this.#release(conversation)
    this.#conversations.delete(conversation)
    this.balance()
    this.#endIfDrained()
  }

  #endIfDrained(): void {
    if (this.#isDraining && this.#conversations.size === 0) this.#listener.onDrained()
  }

  /** Answers one question after the other, because each may take as long as reading a large file. */
  #digest(channel: ServerChannel, command: DigestCommand): Promise<void> {
    this.#waitingDigests++
    this.#digests = this.#digests
      .then(() => answerDigest(channel, command, this.#listener.share, this.#signal))
      .finally(() => {
        this.#waitingDigests--
        this.#listener.onActive()
      })
    return this.#digests
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const conversation of this.#conversations.keys()) this.#release(conversation)
    await this.#handles[Symbol.asyncDispose]()
  }
}
