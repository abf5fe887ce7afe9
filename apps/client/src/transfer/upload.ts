import { randomUUID } from 'node:crypto'
import { absorb, BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, finish } from '@ftp/md5'
import {
  type Entry,
  formatPath,
  type IfExists,
  printable,
  type RemotePath,
  type Reply,
  TransferError,
} from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import { type Exchange, unexpected } from '../connection/exchange.ts'
import type { TransferListener } from './listener.ts'
import type { Source } from './source.ts'

export interface UploadOptions {
  /** Names this upload, for continuing it: 32 hex digits. */
  readonly upload: string
  readonly ifExists: IfExists
}

/** How a put ended. */
export interface Outcome {
  readonly type: 'stored' | 'skipped'
  readonly entry: Entry
  /** This very version had been stored before, by this very upload. */
  readonly repeated?: boolean
}

const VALUES_PER_FRAME = 64
/** How often a small file that arrives damaged is sent again. */
const RESENDS = 5

/**
 * One file on its way from a source to the server. It lives through any number of connections: its chain is
 * computed once, and each {@link send} continues where the server's verified bytes end.
 */
export class Upload {
  readonly #path: RemotePath
  readonly #source: Source
  readonly #options: UploadOptions
  readonly #listener: TransferListener
  readonly #nonce = randomUUID()
  readonly #values: Uint8Array[] = []

  constructor(path: RemotePath, source: Source, options: UploadOptions, listener: TransferListener) {
    this.#path = path
    this.#source = source
    this.#options = options
    this.#listener = listener
    if (source.length !== null) listener.size(source.length)
  }

  /** Sends what the server does not have. */
  async send(connection: Connection): Promise<Outcome> {
    const { length } = this.#source
    if (length !== null && length > BLOCK_SIZE) return await this.#sendBlocks(connection)
    const { bytes, last } = await this.#source.block(0)
    return last ? await this.#sendWhole(connection, bytes) : await this.#sendBlocks(connection)
  }

  async #sendWhole(connection: Connection, bytes: Uint8Array): Promise<Outcome> {
    this.#listener.phase('transfer')
    const md5 = this.#md5Of(0, bytes)
    for (let damaged = 0; ; damaged++) {
      try {
        const request = { ...this.#request(), length: bytes.length, md5 }
        using exchange = connection.request(request, bytes)
        const outcome = await this.#outcome(exchange, bytes.length)
        if (outcome.type === 'skipped' || outcome.entry.md5 === md5) return outcome
        throw new TransferError('checksum', 'the server stored something else than was sent')
      } catch (error) {
        if (!(error instanceof TransferError) || error.code !== 'checksum' || damaged === RESENDS) throw error
      }
    }
  }

  async #outcome(exchange: Exchange, sent: number): Promise<Outcome> {
    for (;;) {
      const { reply } = await exchange.next()
      if (reply.type === 'stored' || reply.type === 'skipped') return this.#finished(reply, sent)
      if (reply.type !== 'progress') throw unexpected(reply)
    }
  }

  async #sendBlocks(connection: Connection): Promise<Outcome> {
    using exchange = connection.request({ ...this.#request(), length: this.#source.length })
    const { reply } = await exchange.next()
    if (reply.type === 'stored' || reply.type === 'skipped') {
      return { ...this.#finished(reply, reply.entry.size), repeated: reply.type === 'stored' }
    }
    if (reply.type !== 'ready') throw unexpected(reply)
    if (reply.offset === 0) return await this.#sendFrom(exchange, 0, reply.window)
    await this.#sendChain(exchange, reply.offset)
    const { reply: proven } = await exchange.expect('ready')
    this.#listener.resumed(proven.offset, reply.offset)
    return await this.#sendFrom(exchange, proven.offset, proven.window)
  }

  /** Sends the chaining values of everything that the server holds, as far as the source goes. */
  async #sendChain(exchange: Exchange, held: number): Promise<void> {
    this.#listener.phase('check')
    const length = this.#source.length ?? held
    const blocks = Math.floor(Math.min(held, length) / BLOCK_SIZE)
    for (let from = 0; from < blocks; from += VALUES_PER_FRAME) {
      const count = Math.min(VALUES_PER_FRAME, blocks - from)
      for (let index = from; index < from + count; index++) await this.#valueAfter(index)
      const values = Buffer.concat(this.#values.slice(from, from + count), count * CHAIN_VALUE_SIZE)
      await exchange.send({ type: 'chain', offset: from * BLOCK_SIZE }, values)
      this.#listener.moved((from + count) * BLOCK_SIZE)
    }
    await exchange.send({ type: 'chain', offset: blocks * BLOCK_SIZE, last: true })
  }

  async #sendFrom(exchange: Exchange, start: number, window: number): Promise<Outcome> {
    this.#listener.phase('transfer')
    this.#listener.moved(start)
    let [sent, acknowledged, ended] = [start, start, false]
    for (;;) {
      while (ended || sent - acknowledged + BLOCK_SIZE > Math.max(window, BLOCK_SIZE) || exchange.pending) {
        const { reply } = await exchange.next()
        if (reply.type === 'stored' || reply.type === 'skipped') return this.#finished(reply, sent)
        if (reply.type === 'resend') [sent, ended] = [reply.offset, false]
        else if (reply.type === 'ack')
          acknowledged = this.#acknowledged(reply.offset, ended && reply.offset === sent)
        else if (reply.type !== 'progress') throw unexpected(reply)
      }
      const index = sent / BLOCK_SIZE
      const { bytes, last } = await this.#source.block(index)
      // Of a last block that is whole too: a stream cannot be asked again when a resume has to prove it.
      const value = bytes.length === BLOCK_SIZE ? await this.#valueAfter(index, bytes) : undefined
      const md5 = last || value === undefined ? this.#md5Of(index, bytes) : hex(value)
      await exchange.send({ type: 'data', offset: sent, md5, ...(last && { last }) }, bytes)
      sent += bytes.length
      ended = last
    }
  }

  #acknowledged(offset: number, all: boolean): number {
    this.#listener.moved(offset)
    this.#source.release(Math.floor(offset / BLOCK_SIZE))
    if (all) this.#listener.phase('commit')
    return offset
  }

  #finished(reply: Extract<Reply, { type: 'stored' | 'skipped' }>, sent: number): Outcome {
    if (reply.type === 'stored' && reply.entry.size !== sent) {
      throw new TransferError(
        'checksum',
        `the server stored ${reply.entry.size} bytes where ${sent} were sent`,
      )
    }
    if (reply.entry.name !== this.#path.at(-1)) {
      throw new TransferError(
        'protocol',
        `the server speaks of "${printable(reply.entry.name)}", which was not sent`,
      )
    }
    if (reply.type === 'stored') this.#listener.moved(sent)
    return { type: reply.type, entry: reply.entry }
  }

  /** The chaining value after a block; those before it are read and hashed if they have not been. */
  async #valueAfter(index: number, block?: Uint8Array): Promise<Uint8Array> {
    while (this.#values.length <= index) {
      const next = this.#values.length
      const bytes = next === index && block !== undefined ? block : (await this.#source.block(next)).bytes
      this.#values.push(absorb(this.#values.at(-1) ?? CHAIN_START, bytes))
    }
    return this.#values[index] ?? CHAIN_START
  }

  /** The file's MD5, given its last bytes; all blocks before them must have been hashed. */
  #md5Of(index: number, bytes: Uint8Array): string {
    const before = this.#values[index - 1] ?? CHAIN_START
    const length = index * BLOCK_SIZE + bytes.length
    const whole = bytes.length === BLOCK_SIZE
    return hex(finish(whole ? absorb(before, bytes) : before, whole ? bytes.subarray(0, 0) : bytes, length))
  }

  #request(): {
    type: 'put'
    path: string
    upload: string
    ifExists: IfExists
    source?: string
    mtime?: number
    mode?: number
  } {
    const { version, mtime, mode } = this.#source
    const { upload, ifExists } = this.#options
    // What this very upload has stored counts as stored, when its answer was lost; with `fail`, nothing before it does.
    const source = ifExists === 'fail' ? `${version}-${this.#nonce}` : version
    return {
      type: 'put',
      path: formatPath(this.#path),
      upload,
      ifExists,
      ...(source !== undefined && { source }),
      ...(mtime !== undefined && { mtime }),
      ...(mode !== undefined && { mode }),
    }
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
