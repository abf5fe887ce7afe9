import { createHash, type Hash } from 'node:crypto'
import { BLOCK_SIZE } from '@ftp/md5'
import { type Data, type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Connection } from '../../connection/connection.ts'
import { unexpected } from '../../connection/exchange.ts'
import { ownSide } from '../../session/own-side.ts'
import type { TransferListener } from '../transfer-listener.ts'
import { REFETCHES, tooDamaged } from './block-repair.ts'
import type { Sink } from './sink.ts'

/**
 * The transfer of a growing file into a sink. It outlives its connections: each {@link receive} continues at
 * the end of the bytes that have arrived, provided that the file still begins with them.
 */
export class Follow {
  readonly #path: RemotePath
  readonly #sink: Sink
  readonly #listener: TransferListener
  /** The hash of all bytes before `#position`. */
  #hash: Hash = createHash('md5')
  #position = 0
  #entry: Entry | undefined
  #hasRead = false
  #damaged = 0

  constructor(path: RemotePath, sink: Sink, listener: TransferListener) {
    this.#path = path
    this.#sink = sink
    this.#listener = listener
  }

  /**
   * The part of the file that has arrived, every byte of it verified; undefined before the server has
   * described the file.
   */
  get received(): (Entry & { readonly md5: string }) | undefined {
    const size = this.#position
    return this.#entry && { ...this.#entry, size, md5: this.#md5() }
  }

  /**
   * Receives what the file contains and what is appended to it. Never resolves. @throws TransferError
   * `changed`, …
   */
  async receive(connection: Connection): Promise<never> {
    if (!this.#hasRead) await this.#readHeld()
    for (;;) {
      try {
        await this.#receive(connection)
      } catch (error) {
        const { code } = TransferError.from(error)
        if (code === 'checksum' && ++this.#damaged <= REFETCHES) continue
        // The bytes that an earlier run has left belong to another file.
        if (code !== 'changed' || this.#entry !== undefined || this.#position === 0) throw error
        this.#listener.resumed(0, this.#position)
        this.#hash = createHash('md5')
        this.#position = 0
      }
    }
  }

  async #receive(connection: Connection): Promise<never> {
    await ownSide(connection, this.#sink.passed())
    const request = { type: 'follow' as const, path: formatPath(this.#path) }
    const held = this.#position > 0 && { offset: this.#position, md5: this.#md5() }
    using exchange = connection.request({ ...request, ...held })
    const { reply: following } = await exchange.expect('following')
    await this.#begin(following.entry)
    this.#listener.phase('follow')
    await exchange.send({ type: 'ack', offset: this.#position })
    for (;;) {
      const { reply, payload } = await exchange.next()
      if (reply.type === 'data') {
        await this.#take(reply, payload.bytes)
        await ownSide(connection, this.#sink.passed())
        this.#listener.moved(this.#position)
        await exchange.send({ type: 'ack', offset: this.#position })
      } else if (reply.type !== 'progress') throw unexpected(reply)
    }
  }

  async #begin(entry: Entry): Promise<void> {
    if (this.#entry === undefined) {
      if (this.#position > 0) this.#listener.resumed(this.#position, this.#position)
      if (this.#sink.size > this.#position) await this.#sink.truncate(this.#position)
    }
    this.#entry = entry
  }

  async #take({ offset, md5 }: Data, bytes: Uint8Array): Promise<void> {
    if (offset !== this.#position || bytes.length === 0)
      throw new TransferError('protocol', 'the server sent data out of place')
    const hash = this.#hash.copy().update(bytes)
    if (hash.copy().digest('hex') !== md5) throw tooDamaged(offset)
    await this.#sink.write(bytes, offset, false)
    this.#hash = hash
    this.#position += bytes.length
    this.#damaged = 0
  }

  async #readHeld(): Promise<void> {
    this.#hasRead = true
    const buffer = new Uint8Array(BLOCK_SIZE)
    while (this.#position < this.#sink.size) {
      const count = await this.#sink.read(buffer, this.#position)
      // Another program may have shortened the file.
      if (count === 0) break
      this.#hash.update(buffer.subarray(0, count))
      this.#position += count
    }
  }

  #md5(): string {
    return this.#hash.copy().digest('hex')
  }
}
