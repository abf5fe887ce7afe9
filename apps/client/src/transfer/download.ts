import { absorb, BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, finish, giveBlock, sameValue } from '@ftp/md5'
import { type Entry, formatPath, LIMITS, type RemotePath, TransferError } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import { type Exchange, unexpected } from '../connection/exchange.ts'
import type { TransferListener } from './listener.ts'

/** Where received bytes go. */
export interface Sink {
  /** Bytes of an earlier run, not proven. */
  readonly size: number
  read(buffer: Uint8Array, offset: number): Promise<number>
  /**
   * Resolves when nothing needs `bytes` any more.
   * @param whole whether they are the whole file: then there is nothing that a later attempt could continue
   */
  write(bytes: Uint8Array, offset: number, whole: boolean): Promise<void>
  /** Drops everything from `size` on. @throws TransferError `changed` where that cannot be undone */
  truncate(size: number): void
  /** @throws TransferError `no_space` */
  requireSpace(length: number): void
}

/** What a server says of a file whose every byte has been verified. */
export type VerifiedEntry = Entry & { readonly md5: string }

type FileAnswer = Awaited<ReturnType<typeof Exchange.prototype.expect<'file'>>>

/** How often one block is fetched again before the download fails. */
const REFETCHES = 5
/** How often it starts again because the file has another version, before it fails. */
const RESTARTS = 5

/**
 * One file on its way from the server into a sink. It lives through any number of connections: what has been
 * verified stays, and each {@link receive} continues there.
 */
export class Download {
  readonly #path: RemotePath
  readonly #sink: Sink
  readonly #listener: TransferListener
  /** The version that everything before `#position` belongs to. */
  #version: string | undefined
  #position = 0
  #value: Uint8Array = CHAIN_START
  #damaged = 0
  #restarts = 0

  constructor(path: RemotePath, sink: Sink, listener: TransferListener) {
    this.#path = path
    this.#sink = sink
    this.#listener = listener
  }

  /**
   * Receives what is missing. On any failure the sink keeps what was verified.
   * @returns what the server says of the file, whose every byte has been verified
   */
  async receive(connection: Connection): Promise<VerifiedEntry> {
    if (this.#version === undefined && this.#sink.size >= BLOCK_SIZE) await this.#proveHeld(connection)
    for (;;) {
      try {
        const isCurrent = await this.#ask(connection)
        if (isCurrent !== undefined) return isCurrent
        // Another version: whatever of it is the same will be found by its chain.
        if (++this.#restarts > RESTARTS)
          throw new TransferError('changed', 'the file changes on the server again and again; try later')
        this.#forget()
        if (this.#sink.size >= BLOCK_SIZE) await this.#proveHeld(connection)
      } catch (error) {
        if (!(error instanceof TransferError) || error.code !== 'checksum' || ++this.#damaged > REFETCHES)
          throw error
      }
    }
  }

  /** Checks the held bytes block by block against the chain of the file as it is now. */
  async #proveHeld(connection: Connection): Promise<void> {
    this.#listener.phase('check')
    const held = this.#sink.size
    const length = held - (held % BLOCK_SIZE)
    using exchange = connection.request({ type: 'digest', path: formatPath(this.#path), chain: true, length })
    const block = Buffer.allocUnsafeSlow(BLOCK_SIZE)
    for (let holds = true; ; ) {
      const { reply, payload } = await exchange.next()
      if (reply.type === 'chain') {
        for (let at = 0; holds && at < payload.length; at += CHAIN_VALUE_SIZE) {
          holds = await this.#proveBlock(block, payload.subarray(at, at + CHAIN_VALUE_SIZE))
        }
      } else if (reply.type === 'digest') {
        this.#version = reply.version
        break
      } else if (reply.type !== 'progress') throw unexpected(reply)
    }
    this.#listener.resumed(this.#position, held)
  }

  async #proveBlock(block: Uint8Array, expected: Uint8Array): Promise<boolean> {
    if ((await this.#sink.read(block, this.#position)) < BLOCK_SIZE) return false
    const value = absorb(this.#value, block)
    if (!sameValue(value, expected)) return false
    this.#value = value
    this.#position += BLOCK_SIZE
    this.#listener.moved(this.#position)
    return true
  }

  /** @returns undefined when the server has another version than the one begun with */
  async #ask(connection: Connection): Promise<VerifiedEntry | undefined> {
    using exchange = connection.request({
      type: 'get',
      path: formatPath(this.#path),
      offset: this.#position,
      window: LIMITS.window,
      ...(this.#version !== undefined && { version: this.#version }),
    })
    const file = await this.#firstReply(exchange)
    if (file === undefined) return undefined
    const { reply, payload } = file
    this.#version = reply.version
    if (this.#sink.size > this.#position) this.#sink.truncate(this.#position)
    if (!reply.last) this.#sink.requireSpace(reply.entry.size)
    this.#listener.phase('transfer')
    this.#listener.size(reply.entry.size)
    // From now on it can be repeated: the first block alone may take longer than the server waits in silence.
    if (!reply.last) await exchange.send({ type: 'ack', offset: this.#position })
    if (reply.last) return await this.#takeLast(payload, reply.md5, reply.entry)
    for (;;) {
      const { reply: data, payload: bytes } = await exchange.expect('data')
      if (data.offset !== this.#position)
        throw new TransferError('protocol', 'the server sent data out of place')
      if (data.last) return await this.#takeLast(bytes, data.md5, reply.entry)
      await this.#take(bytes, data.md5, reply.entry.size)
      await exchange.send({ type: 'ack', offset: this.#position })
    }
  }

  async #firstReply(exchange: Exchange): Promise<FileAnswer | undefined> {
    try {
      const file = await exchange.expect('file')
      const continues =
        file.reply.offset === this.#position && sameValue(Buffer.from(file.reply.chain, 'hex'), this.#value)
      return continues ? file : undefined
    } catch (error) {
      if (error instanceof TransferError && error.code === 'changed' && this.#version !== undefined)
        return undefined
      throw error
    }
  }

  /** Verifies the bytes at the position, then keeps them. */
  async #take(bytes: Uint8Array, md5: string | undefined, size: number): Promise<void> {
    const end = this.#position + bytes.length
    const whole = bytes.length === BLOCK_SIZE
    if (end > size || (!whole && end !== size))
      throw new TransferError('protocol', 'the server sent a block of a wrong size')
    const value = whole ? absorb(this.#value, bytes) : this.#value
    const computed = end === size ? finish(value, whole ? bytes.subarray(0, 0) : bytes, size) : value
    if (md5 === undefined || !sameValue(computed, Buffer.from(md5, 'hex'))) {
      throw new TransferError(
        'checksum',
        `the bytes at ${this.#position} arrived damaged again and again; check the network, then run the same command again`,
      )
    }
    await this.#sink.write(bytes, this.#position, bytes.length === size)
    giveBlock(bytes)
    this.#value = value
    this.#position = end - (whole ? 0 : bytes.length)
    this.#damaged = 0
    this.#listener.moved(end)
  }

  /** Takes the end of the file: nothing may be missing behind it. */
  async #takeLast(bytes: Uint8Array, md5: string | undefined, entry: Entry): Promise<VerifiedEntry> {
    if (this.#position + bytes.length !== entry.size)
      throw new TransferError('protocol', 'the server ended the file before its end')
    await this.#take(bytes, md5, entry.size)
    if (md5 === undefined) throw new TransferError('protocol', 'the server sent no MD5')
    return { ...entry, md5 }
  }

  #forget(): void {
    this.#version = undefined
    this.#position = 0
    this.#value = CHAIN_START
    this.#listener.moved(0)
  }
}
