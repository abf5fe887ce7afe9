import type { Block, Blocks } from '@ftp/md5'
import { type ClientPart, LIMITS, type Refusal, type Reply, TransferError } from '@ftp/protocol'
import { HOLD_MS } from '../sending/outgoing.ts'
import type { Payload } from '../sending/payload.ts'
import type { Channel } from './channel.ts'
import { errorReply } from './wire.ts'

/** A `data` or `chain` frame of the client. */
export interface Part {
  readonly message: Extract<ClientPart, { type: 'data' | 'chain' }>
  readonly payload: Block
}

/** A reply without the id, which is the same in all replies of one exchange. */
export type Answer = Reply extends infer R ? (R extends { id?: unknown } ? Omit<R, 'id'> : never) : never

/**
 * How often, in milliseconds, a client hears that its block is still arriving: one block may take minutes.
 */
const ALIVE_MS = 1_000

/**
 * The maximum length, in characters, of a message about one failure among several, since all of them have to
 * fit into one header.
 */
const MESSAGE = 200

/** The number of parts that may wait before reading from the socket stops. */
const PARTS_AHEAD = 4

/** One request and all messages about it, up to its last reply. */
export class Exchange {
  readonly id: number
  /** The kind of part that the client has been asked for; any other part is a violation. */
  expected: Part['message']['type'] | undefined
  /** Whether only the client can end this exchange. */
  isEndless = false
  readonly #channel: Channel
  readonly #onFault: (error: TransferError) => void
  #stop: AbortController | undefined
  #reason: TransferError | undefined
  readonly #parts: Part[] = []
  #acknowledged = 0
  #waiting = 0
  #starving = 0
  #spoke = performance.now()
  #wake: () => void = () => {}

  /** @param onFault called with every failure that is the server's own fault */
  constructor(id: number, channel: Channel, onFault: (error: TransferError) => void = () => {}) {
    this.id = id
    this.#channel = channel
    this.#onFault = onFault
  }

  /** Aborted with a TransferError if the answer is no longer wanted. */
  get signal(): AbortSignal {
    // Created on first use: most requests are answered before anything needs it.
    if (this.#stop === undefined) {
      this.#stop = new AbortController()
      if (this.#reason !== undefined) this.#stop.abort(this.#reason)
    }
    return this.#stop.signal
  }

  /** Whether the exchange waits for something that the client has to send. */
  get waits(): boolean {
    return this.#waiting > 0
  }

  /** Whether the exchange waits for a block, which requests behind it may hold. */
  get starves(): boolean {
    return this.#starving > 0
  }

  /** The same blocks; while the exchange waits for one of them, it {@link starves}. */
  counted(blocks: Blocks): Blocks {
    return {
      owner: blocks.owner,
      tryTake: (length) => blocks.tryTake(length),
      take: async (options) => {
        this.#starving++
        try {
          return await blocks.take(options)
        } finally {
          this.#starving--
        }
      },
      get isWanted() {
        return blocks.isWanted
      },
    }
  }

  /**
   * Ends the exchange from outside: cancelled, taken over, or connection lost. Only the first reason counts.
   */
  abort(reason: TransferError): void {
    this.#reason ??= reason
    this.#stop?.abort(this.#reason)
    this.#wake()
    this.#channel.wake()
  }

  /** Sends a reply. Resolves when the socket can take more. @param payload is taken over and disposed of */
  async reply(answer: Answer, payload?: Uint8Array | Payload): Promise<void> {
    this.#spoke = performance.now()
    await this.#channel.send({ id: this.id, ...answer }, payload)
  }

  /** Sends a short reply without waiting for the socket. */
  tell(answer: Answer): void {
    // If the client is gone, the reply is lost, which does no harm.
    this.reply(answer).catch(() => {})
  }

  /** Reports that the request is being worked on, unless the client has enough to read. */
  #progress(done = 0, total = 0): void {
    if (!this.#channel.isFull) this.tell({ type: 'progress', done, total })
  }

  /** Describes a failure of one file among several for a reply. */
  refusal(error: TransferError): Refusal {
    if (error.code === 'internal') this.#onFault(error)
    const { message, ...rest } = errorReply(error)
    return {
      ...rest,
      message: message.length > MESSAGE ? `${message.slice(0, MESSAGE).toWellFormed()}…` : message,
    }
  }

  /** @returns a function that sends `done` and `total` as progress, at most once in `everyMs` milliseconds */
  progressEvery(everyMs: number): (done: number, total: number) => Promise<void> {
    let last = performance.now()
    return async (done, total) => {
      this.signal.throwIfAborted()
      if (performance.now() - last < everyMs) return
      last = performance.now()
      this.#progress(done, total)
    }
  }

  /** Runs an action and reports progress every second, because an action may wait long for the disk. */
  async keepAlive<T>(action: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => this.#progress(), ALIVE_MS)
    try {
      return await action()
    } finally {
      clearInterval(timer)
    }
  }

  /**
   * The next part that the client sends; the caller owns its payload. If the connection is lost, the parts that
   * have arrived still come, so that they need not be sent again. @throws the reason of {@link abort}
   */
  async next(): Promise<Part> {
    for (;;) {
      if (this.#reason?.code !== 'lost') this.signal.throwIfAborted()
      const part = this.#parts.shift()
      if (part !== undefined) {
        if (this.#parts.length === PARTS_AHEAD - 1) this.#channel.resume()
        return part
      }
      this.signal.throwIfAborted()
      await this.#heardOfClient()
    }
  }

  /**
   * Waits until the client has acknowledged all bytes before `offset`.
   * @param onSlow called if this takes long, so that the memory that holds the bytes can be released
   * @throws the reason of {@link abort}
   */
  async acknowledged(offset: number, onSlow: () => void = () => {}): Promise<void> {
    this.signal.throwIfAborted()
    if (this.#acknowledged >= offset) return
    const slow = setTimeout(onSlow, HOLD_MS)
    try {
      while (this.#acknowledged < offset) {
        await this.#heardOfClient()
        this.signal.throwIfAborted()
      }
    } finally {
      clearTimeout(slow)
    }
  }

  async #heardOfClient(): Promise<void> {
    this.#waiting++
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#waiting--
  }

  /**
   * Called by the conversation for each part with this id. Takes over its payload. @throws TransferError
   * `protocol`
   */
  deliver({ message, payload }: Part): void {
    if (message.type !== this.expected)
      throw new TransferError('protocol', `${message.type} was not asked for`)
    // Parts wait while blocks are checked against them, and would hold the blocks that the check needs.
    if (message.type === 'chain' && payload.length > LIMITS.chain)
      throw new TransferError(
        'protocol',
        `a chain frame of ${payload.length} bytes: ${LIMITS.chain} are allowed`,
      )
    this.#parts.push({ message, payload: payload.move() })
    if (this.#parts.length === PARTS_AHEAD) this.#channel.pause()
    this.#wake()
  }

  /**
   * Called by the conversation whenever bytes have arrived, so that a client that waits for an `ack` sees
   * that they do.
   */
  heard(): void {
    if (this.expected === undefined || performance.now() - this.#spoke < ALIVE_MS) return
    this.#progress()
  }

  /** Called by the conversation for each acknowledgement with this id. */
  acknowledge(offset: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, offset)
    this.#wake()
  }

  /** Lets the socket flow again, even if parts were left unread. */
  close(): void {
    if (this.#parts.length >= PARTS_AHEAD) this.#channel.resume()
    for (const { payload } of this.#parts.splice(0)) payload[Symbol.dispose]()
  }
}
