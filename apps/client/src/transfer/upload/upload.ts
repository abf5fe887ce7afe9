import { BLOCK_SIZE, Block, CHAIN_START, type Hashed } from '@ftp/md5'
import {
  type Entry,
  formatPath,
  type IfExists,
  MAY_SKIP,
  nameProblem,
  printable,
  type RemotePath,
  type Reply,
  TransferError,
} from '@ftp/protocol'
import type { Connection } from '../../connection/connection.ts'
import { type Exchange, unexpected } from '../../connection/exchange.ts'
import { ownSide } from '../../session/own-side.ts'
import type { TransferListener } from '../transfer-listener.ts'
import type { Source } from './source.ts'
import { type SourceBlock, SourceChain } from './source-chain.ts'
import { UpcomingBlocks } from './upcoming-blocks.ts'
import { sourceName } from './upload-key.ts'

export interface UploadOptions {
  /** Identifies this upload, so that it can be continued: 32 hex digits. */
  readonly upload: string
  readonly ifExists: IfExists
  /** Identifies this run of the client. */
  readonly run: string
}

/** How a `put` ended. */
export interface Outcome {
  readonly type: 'stored' | 'skipped'
  readonly entry: Entry
  /** This upload had already stored this version of the source. */
  readonly repeated?: boolean
}

const VALUES_PER_FRAME = 64
/** How often a small file that arrives damaged is sent again. */
const RESENDS = 5

/**
 * The transfer of one file from a source to the server. It outlives its connections: the chain is computed
 * once, and each {@link send} continues at the end of the bytes that the server has verified.
 */
export class Upload {
  readonly #path: RemotePath
  readonly #source: Source
  readonly #options: UploadOptions
  readonly #listener: TransferListener
  /** Made when the file is first sent. */
  #chain: SourceChain | undefined

  constructor(path: RemotePath, source: Source, options: UploadOptions, listener: TransferListener) {
    this.#path = path
    this.#source = source
    this.#options = options
    this.#listener = listener
    if (source.length !== null) listener.size(source.length)
  }

  /** Sends the bytes that the server does not have. */
  async send(connection: Connection): Promise<Outcome> {
    const { length } = this.#source
    // Once a server has had blocks, a stream may no longer have the first one.
    const isBegun = this.#chain !== undefined
    // Nothing is sent, nor read from a pipe, before the server has said that it wants the file.
    const isAsked = MAY_SKIP.has(this.#options.ifExists)
    if (isBegun || isAsked || (length !== null && length > BLOCK_SIZE))
      return await this.#sendBlocks(connection)
    for (let damaged = 0; ; damaged++) {
      const reading = this.#source.block(0, connection.hasher.blocks)
      const first = await ownSide(connection, reading, ({ block }) => block[Symbol.dispose]())
      using bytes = first.block
      if (!first.last) return await this.#sendBlocks(connection)
      try {
        return await this.#sendWhole(connection, bytes)
      } catch (error) {
        if (!(error instanceof TransferError) || error.code !== 'checksum' || damaged === RESENDS) throw error
      }
    }
  }

  async #sendWhole(connection: Connection, block: Block): Promise<Outcome> {
    this.#listener.phase('transfer')
    const { bytes, length } = block
    const md5 = hex(connection.hasher.kernel.finish(CHAIN_START, bytes, length))
    using exchange = connection.request({ ...this.#request(), length, md5 }, block)
    const outcome = await this.#outcome(exchange, length)
    if (outcome.type === 'skipped' || outcome.entry.md5 === md5) return outcome
    throw new TransferError('checksum', 'the server did not store what was sent; run the same command again')
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
    const isFirst = this.#chain === undefined
    const chain = this.#chainFor(connection)
    await using fromStart = new UpcomingBlocks(chain.from(0))
    // The server may be busy with the files before this one. Meanwhile the first blocks are read and hashed.
    if (isFirst && this.#source.length !== null && !MAY_SKIP.has(this.#options.ifExists)) fromStart.start()
    const { reply } = await exchange.next()
    if (reply.type === 'stored' || reply.type === 'skipped') {
      return { ...this.#finished(reply, reply.entry.size), repeated: reply.type === 'stored' }
    }
    if (reply.type !== 'ready') throw unexpected(reply)
    if (reply.offset === 0) return await this.#sendFrom(connection, exchange, reply, fromStart)
    await fromStart[Symbol.asyncDispose]()
    await this.#sendChain(exchange, chain, reply.offset)
    const { reply: proven } = await exchange.expect('ready')
    this.#listener.resumed(proven.offset, reply.offset)
    await using rest = new UpcomingBlocks(chain.from(proven.offset / BLOCK_SIZE))
    return await this.#sendFrom(connection, exchange, proven, rest)
  }

  #chainFor({ hasher }: Connection): SourceChain {
    this.#chain ??= new SourceChain(this.#source, hasher)
    return this.#chain
  }

  /** Sends the chaining values of all blocks that the server holds, up to the end of the source. */
  async #sendChain(exchange: Exchange, chain: SourceChain, held: number): Promise<void> {
    this.#listener.phase('check')
    const length = this.#source.length ?? held
    const blocks = Math.floor(Math.min(held, length) / BLOCK_SIZE)
    for (let from = 0; from < blocks; from += VALUES_PER_FRAME) {
      const count = Math.min(VALUES_PER_FRAME, blocks - from)
      const values = await chain.values(from, from + count)
      await exchange.send({ type: 'chain', offset: from * BLOCK_SIZE }, new Block(values))
      this.#listener.moved((from + count) * BLOCK_SIZE)
    }
    await exchange.send({ type: 'chain', offset: blocks * BLOCK_SIZE, last: true })
  }

  async #sendFrom(
    connection: Connection,
    exchange: Exchange,
    { offset: start, window: granted }: Extract<Reply, { type: 'ready' }>,
    blocks: UpcomingBlocks,
  ): Promise<Outcome> {
    const window = Math.max(BLOCK_SIZE, Math.min(granted, this.#source.window))
    this.#listener.phase('transfer')
    this.#listener.moved(start)
    const chain = this.#chainFor(connection)
    let [sent, acknowledged, ended] = [start, start, false]
    for (;;) {
      while (ended || sent - acknowledged + BLOCK_SIZE > window || exchange.pending) {
        const { reply } = await exchange.next()
        if (reply.type === 'stored' || reply.type === 'skipped') return this.#finished(reply, sent)
        // The block arrived damaged.
        if (reply.type === 'resend')
          await this.#sendBlock(exchange, await chain.block(reply.offset / BLOCK_SIZE))
        else if (reply.type === 'ack') {
          acknowledged = reply.offset
          this.#proven(reply.proven ?? reply.offset, ended ? sent : undefined)
        } else if (reply.type !== 'progress') throw unexpected(reply)
      }
      // The source may pause, and meanwhile the server may ask for a block again.
      const next = await ownSide(connection, Promise.race([blocks.next(), exchange.arrival()]))
      if (next === undefined) continue
      blocks.take()
      const { value: block } = next
      if (block === undefined) throw new TransferError('internal', 'the source has ended twice')
      const end = block.read.index * BLOCK_SIZE + block.read.block.length
      await this.#sendBlock(exchange, block)
      sent = end
      ended = block.read.last
    }
  }

  async #sendBlock(exchange: Exchange, { read, hash }: Hashed<SourceBlock, Uint8Array>): Promise<void> {
    const { index, block, last } = read
    const data = { type: 'data' as const, offset: index * BLOCK_SIZE, md5: hex(hash), ...(last && { last }) }
    await exchange.send(data, block)
  }

  /** @param size the size of the file, once all of it has been sent */
  #proven(position: number, size: number | undefined): void {
    this.#listener.moved(position)
    this.#source.release(Math.floor(position / BLOCK_SIZE))
    if (position === size) this.#listener.phase('commit')
  }

  #finished(reply: Extract<Reply, { type: 'stored' | 'skipped' }>, sent: number): Outcome {
    if (reply.type === 'stored' && reply.entry.size !== sent) {
      throw new TransferError(
        'checksum',
        `the server stored ${reply.entry.size} bytes where ${sent} were sent`,
      )
    }
    const { name } = reply.entry
    const isRight =
      this.#options.ifExists === 'rename' ? nameProblem(name) === undefined : name === this.#path.at(-1)
    if (!isRight) {
      throw new TransferError('protocol', `the server speaks of "${printable(name)}", which was not sent`)
    }
    if (reply.type === 'stored') this.#listener.moved(sent)
    return { type: reply.type, entry: reply.entry }
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
    const source = version === undefined ? undefined : sourceName(version, this.#options)
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
