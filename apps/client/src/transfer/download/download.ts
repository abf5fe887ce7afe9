import {
  BLOCK_SIZE,
  type Block,
  CHAIN_START,
  CHAIN_VALUE_SIZE,
  type Hasher,
  Intake,
  proveBlocks,
  sameValue,
} from '@ftp/md5'
import { type FileReply, formatPath, LIMITS, type RemotePath, TransferError } from '@ftp/protocol'
import type { Connection } from '../../connection/connection.ts'
import { type Exchange, unexpected } from '../../connection/exchange.ts'
import { ownSide } from '../../session/own-side.ts'
import type { TransferListener } from '../transfer-listener.ts'
import { REFETCHES, repairBlocks, requireInPlace, tooDamaged, type VerifiedEntry } from './block-repair.ts'
import type { Sink } from './sink.ts'

type FileAnswer = Awaited<ReturnType<typeof Exchange.prototype.expect<'file'>>>

/** How often a download starts again because the file has another version, before it fails. */
const RESTARTS = 5
/** The fewest blocks with which a server begins before it waits for acknowledgements. */
const FIRST_WINDOW = LIMITS.window / BLOCK_SIZE

/**
 * The transfer of one file from the server into a sink. It outlives its connections: verified bytes stay, and
 * each {@link receive} continues after them.
 */
export class Download {
  readonly #path: RemotePath
  readonly #sink: Sink
  readonly #listener: TransferListener
  /** The version of the file that all bytes before `#position` belong to. */
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
   * Receives the missing bytes. On any failure, the sink keeps those that were verified.
   * @returns the server's description of the file, whose every byte has been verified
   */
  async receive(connection: Connection): Promise<VerifiedEntry> {
    if (this.#version === undefined && this.#sink.size >= BLOCK_SIZE) await this.#proveHeld(connection)
    for (;;) {
      try {
        // A sink holds copies of no more than its window, on however many connections its bytes arrive.
        await ownSide(connection, this.#sink.passed())
        const isCurrent = await this.#ask(connection)
        if (isCurrent !== undefined) {
          await this.#sink.passed()
          return isCurrent
        }
        // The server has another version. The chain will show which of the held bytes are the same in it.
        if (++this.#restarts > RESTARTS)
          throw new TransferError('changed', 'the file keeps changing on the server; try again later')
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
    // An earlier attempt may have been interrupted in the middle of this.
    this.#position = 0
    this.#value = CHAIN_START
    const held = this.#sink.size
    const length = held - (held % BLOCK_SIZE)
    using exchange = connection.request({ type: 'digest', path: formatPath(this.#path), chain: true, length })
    let holds = true
    for (;;) {
      const { reply, payload } = await exchange.next()
      if (reply.type === 'chain') {
        holds = holds && (await this.#proveBlocks(connection, payload.bytes))
      } else if (reply.type === 'digest') {
        this.#version = reply.version
        break
      } else if (reply.type !== 'progress') throw unexpected(reply)
    }
    this.#listener.resumed(this.#position, held)
  }

  /** @returns whether all of the blocks match */
  async #proveBlocks(connection: Connection, claims: Uint8Array): Promise<boolean> {
    const from = { length: this.#position, value: this.#value }
    const proven = (position: number): void => this.#listener.moved(position)
    // One frame has values for gigabytes: without a connection, nothing more is read.
    const read = async (buffer: Uint8Array, offset: number): Promise<number> =>
      connection.usable ? await this.#sink.read(buffer, offset) : 0
    const values = await proveBlocks(connection.hasher, { from, claims, read, proven })
    this.#position += values.length * BLOCK_SIZE
    this.#value = values.at(-1) ?? this.#value
    return values.length * CHAIN_VALUE_SIZE === claims.length
  }

  /** @returns undefined if the server no longer has the version that the download began with */
  async #ask(connection: Connection): Promise<VerifiedEntry | undefined> {
    using exchange = connection.request({
      type: 'get',
      path: formatPath(this.#path),
      offset: this.#position,
      window: this.#sink.window,
      ...(this.#version !== undefined && { version: this.#version }),
    })
    const file = await this.#firstReply(exchange)
    if (file === undefined) return undefined
    const { reply, payload } = file
    this.#version = reply.version
    if (this.#sink.size > this.#position) await this.#sink.truncate(this.#position)
    if (!reply.last) this.#sink.requireSpace(reply.entry.size)
    this.#listener.phase('transfer')
    this.#listener.size(reply.entry.size)
    // From now on this `ack` can be repeated: the first block alone may take longer than the server tolerates
    // silence.
    if (!reply.last) await exchange.send({ type: 'ack', offset: this.#position }).catch(() => {})
    if (reply.last) return await this.#takeLast(connection.hasher, payload, reply)
    return await this.#takeBlocks(connection, exchange, reply)
  }

  /** Receives the data that follow a `file` reply. */
  async #takeBlocks(connection: Connection, exchange: Exchange, file: FileReply): Promise<VerifiedEntry> {
    const { entry } = file
    const damaged = new Set<number>()
    const intake = new Intake(
      connection.hasher,
      { length: this.#position, value: this.#value },
      (bytes, offset) => this.#sink.write(bytes, offset, false),
      {
        provenFirst: this.#sink.isFinal,
        proven: (position) => {
          this.#damaged = 0
          this.#listener.moved(position)
        },
        damaged: (offset) => damaged.add(offset),
      },
    )
    /** The acknowledgements that wait for the sink. Without them, the server may not send more. */
    const acks: Promise<void>[] = []
    const blocksAhead = this.#sink.window / BLOCK_SIZE
    try {
      for (;;) {
        // A server that has sent the window with which it began may be silent until the sink has passed that on.
        while (acks.length === blocksAhead || (acks.length >= FIRST_WINDOW && !exchange.pending))
          await ownSide(connection, acks.shift() ?? Promise.resolve())
        const { reply, payload } = await exchange.expect('data')
        requireInPlace(reply, payload.length, intake.received, entry.size)
        const md5 = Buffer.from(reply.md5, 'hex')
        await intake.take(reply.offset, payload, md5, reply.last ? entry.size : undefined)
        if (this.#sink.isFinal) await requireProven(intake, damaged)
        if (reply.last) {
          const { version } = file
          await repairBlocks(connection, { path: this.#path, version, size: entry.size }, intake, damaged)
          return { ...entry, md5: reply.md5 }
        }
        acks.push(this.#acknowledge(exchange, intake.received))
      }
    } finally {
      await intake.settled().catch(() => {})
      this.#position = intake.checkpoint.length
      this.#value = intake.checkpoint.value
    }
  }

  /** Lets the server send more once the sink has passed on what it got; blocks still arrive until then. */
  async #acknowledge(exchange: Exchange, offset: number): Promise<void> {
    try {
      await this.#sink.passed()
    } catch (error) {
      return exchange.leave(TransferError.from(error))
    }
    // If the connection is lost, the exchange fails as well, after the blocks that have arrived.
    await exchange.send({ type: 'ack', offset }).catch(() => {})
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

  /** Takes the rest of the file in one piece, after which nothing may be missing. */
  async #takeLast(hasher: Hasher, { bytes }: Block, { md5, entry }: FileReply): Promise<VerifiedEntry> {
    if (this.#position + bytes.length !== entry.size)
      throw new TransferError('protocol', 'the server ended the file before its end')
    if (md5 === undefined) throw new TransferError('protocol', 'the server sent no MD5')
    if (!sameValue(hasher.kernel.finish(this.#value, bytes, entry.size), Buffer.from(md5, 'hex')))
      throw tooDamaged(this.#position)
    await this.#sink.write(bytes, this.#position, bytes.length === entry.size)
    this.#listener.moved(entry.size)
    return { ...entry, md5 }
  }

  #forget(): void {
    this.#version = undefined
    this.#position = 0
    this.#value = CHAIN_START
    this.#listener.moved(0)
  }
}

/** In a sink that takes nothing back, nothing may follow a damaged block. */
async function requireProven(intake: Intake, damaged: ReadonlySet<number>): Promise<void> {
  await intake.settled()
  const [offset] = damaged
  if (offset !== undefined) throw tooDamaged(offset)
}
