import type { Block } from '@ftp/md5/block'
import { type ClientPart, type Reply, type SentRequest, TransferError } from '@ftp/protocol'

/**
 * A reply and its payload. The payload belongs to the exchange until the next reply is asked for; a caller
 * that keeps it longer must move it.
 */
export interface Answer {
  readonly reply: Reply
  readonly payload: Block
}

/** A request without its id, which the connection assigns. */
export type NewRequest = SentRequest extends infer R
  ? R extends { id: unknown }
    ? Omit<R, 'id'>
    : never
  : never

/** A part without the id that every part of one exchange carries. */
export type Part = ClientPart extends infer P ? (P extends { id: unknown } ? Omit<P, 'id'> : never) : never

type Send = (part: Part, payload?: Block) => Promise<void>

function nothing(): void {}

/** One request of this client, with everything that is sent and received for it until its last reply. */
export class Exchange implements Disposable {
  readonly #answers: Answer[] = []
  /** The payload of the reply that was read last. */
  #payload: Block | undefined
  readonly #send: Send
  #acknowledged: Part | undefined
  #failure: TransferError | undefined
  #abandoned = false
  #ended = false
  #wake = nothing
  /** Ends the waits of {@link send}. */
  readonly #sending = new Set<() => void>()
  #isAwaited = false

  /** @param send sends a part with this exchange's id */
  constructor(send: Send) {
    this.#send = send
  }

  /** How many replies have arrived and have not been read. */
  get unread(): number {
    return this.#answers.length
  }

  /** Called when a reply has been read, and when it is certain that no more will be. */
  onRead = nothing

  /** Whether {@link next} would return or throw without waiting. */
  get pending(): boolean {
    return this.#answers.length > 0 || this.#failure !== undefined
  }

  /** Whether somebody waits for the next reply: only then is the server's silence a failure. */
  get isAwaited(): boolean {
    return this.#isAwaited
  }

  /**
   * Sends a part. Resolves when the socket can take more, or when the server has ended the exchange: on a line that
   * takes nothing more, the reason must be read as well. @param payload is taken over
   */
  async send(part: Part, payload?: Block): Promise<void> {
    if (part.type === 'ack') this.#acknowledged = part
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#sending.add(resolve)
    this.#send(part, payload).then(resolve, reject)
    if (this.#ended) resolve()
    try {
      await promise
    } finally {
      this.#sending.delete(resolve)
    }
  }

  /**
   * Waits for the next reply.
   * @throws TransferError with the code of the server's refusal, or `lost`
   */
  async next(): Promise<Answer> {
    for (;;) {
      const answer = this.#take()
      if (answer !== undefined) return answer
      await this.#await()
    }
  }

  /**
   * Waits for the next reply, which must be of this type. Replies that only show that the server is alive are
   * skipped.
   * @throws TransferError `protocol` if it is of another type
   */
  async expect<T extends Reply['type']>(
    type: T,
  ): Promise<Answer & { readonly reply: Extract<Reply, { type: T }> }> {
    for (;;) {
      const answer = this.#take()
      if (answer === undefined) await this.#await()
      else if (is(answer, type)) return answer
      else if (answer.reply.type !== 'progress') throw unexpected(answer.reply)
    }
  }

  /** The next reply, if it has arrived. @throws as {@link next} does */
  #take(): Answer | undefined {
    this.#payload?.[Symbol.dispose]()
    const answer = this.#answers.shift()
    this.#payload = answer?.payload
    if (answer !== undefined) this.onRead()
    if (answer?.reply.type === 'error') throw new TransferError(answer.reply.code, answer.reply.message)
    if (answer === undefined && this.#failure !== undefined) throw this.#failure
    return answer
  }

  /** Resolves when a reply arrives, or at the end of the connection. For one caller at a time. */
  async arrival(): Promise<void> {
    if (this.pending) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }

  async #await(): Promise<void> {
    this.#isAwaited = true
    await this.arrival()
    this.#isAwaited = false
  }

  /**
   * Leaves the exchange. If the server has not ended it, a `cancel` is sent, and replies that still arrive
   * are dropped.
   */
  [Symbol.dispose](): void {
    this.#payload?.[Symbol.dispose]()
    this.#abandon()
  }

  #abandon(): void {
    for (const { payload } of this.#answers.splice(0)) payload[Symbol.dispose]()
    this.onRead()
    if (this.#ended || this.#abandoned || this.#failure !== undefined) return
    this.#abandoned = true
    this.#send({ type: 'cancel' }).catch(() => {})
  }

  /**
   * Leaves the exchange: a caller that waits for its next reply gets this failure. The payload of the
   * previous reply remains, because its reader may be about to use it.
   */
  leave(failure: TransferError): void {
    this.#abandon()
    this.fail(failure)
  }

  /**
   * Called by the connection for each reply with this id. Takes the payload over unless nobody will read it.
   */
  deliver({ reply, payload }: Answer, last: boolean): void {
    this.#ended ||= last
    if (!this.#abandoned) this.#answers.push({ reply, payload: payload.move() })
    this.#wake()
    if (last) for (const resolve of this.#sending) resolve()
  }

  /** Repeats the last `ack`: a peer that waits for the next one must see that this side is alive. */
  sayAlive(): void {
    if (this.#acknowledged !== undefined) this.#send(this.#acknowledged).catch(() => {})
  }

  /** Called by the connection when it is lost. */
  fail(failure: TransferError): void {
    this.#failure ??= failure
    this.#wake()
  }
}

/** Whether this reply is the last one to its request. */
export function isLast(reply: Reply): boolean {
  switch (reply.type) {
    case 'file':
    case 'files':
    case 'data':
    case 'entries':
      return reply.last === true
    case 'challenge':
    case 'chain':
    case 'ack':
    case 'ready':
    case 'following':
    case 'resend':
    case 'progress':
      return false
    default:
      return true
  }
}

/** The error for a reply of a type that is not valid at this point. */
export function unexpected(reply: Reply): TransferError {
  return new TransferError('protocol', `the server gave an answer that does not belong there: ${reply.type}`)
}

function is<T extends Reply['type']>(
  answer: Answer,
  type: T,
): answer is Answer & { readonly reply: Extract<Reply, { type: T }> } {
  return answer.reply.type === type
}
