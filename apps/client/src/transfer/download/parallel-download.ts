import { BLOCK_SIZE, type Block, type Hasher, sameValue } from '@ftp/md5'
import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Connection } from '../../connection/connection.ts'
import type { Exchange } from '../../connection/exchange.ts'
import type { TransferListener } from '../transfer-listener.ts'
import { REFETCHES, tooDamaged, type VerifiedEntry } from './block-repair.ts'
import { ChainedFile } from './chained-file.ts'
import type { Sink } from './sink.ts'

/** Blocks requested at once: few, so that a slow connection delays few. */
const RUN = 4
/** Runs requested of a connection before the first has arrived, so that no round trip comes between them. */
const RUNS_AHEAD = 2
/** The most blocks of one connection that may be written but not yet checked. */
const UNCHECKED = 4
/** How many held blocks are read and checked at once. */
const PROVEN_AT_ONCE = 16

/**
 * The blocks from `from` up to but excluding `end`, requested of one connection; `from` grows as they arrive.
 */
interface Asked {
  from: number
  readonly end: number
  readonly exchange: Exchange
}

/**
 * The transfer of one file from the server over several connections. Each fetches blocks that no other has
 * requested, and every block is checked against the chain of the whole file. The transfer outlives its
 * connections.
 */
export class ParallelDownload {
  readonly #path: RemotePath
  readonly #sink: Sink
  readonly #listener: TransferListener
  #file: ChainedFile | undefined
  /** The blocks that have not been requested, in order. */
  #missing: number[] = []
  #unproven = 0
  #proven = 0
  readonly #damaged = new Map<number, number>()

  constructor(path: RemotePath, sink: Sink, listener: TransferListener) {
    this.#path = path
    this.#sink = sink
    this.#listener = listener
  }

  /** The server's description of the file, once every byte has been verified; undefined before that. */
  get verified(): VerifiedEntry | undefined {
    return this.#unproven === 0 ? this.#file?.entry : undefined
  }

  /** Finds out which blocks are missing. Must be called again if {@link fetch} has thrown `changed`. */
  async prepare(connection: Connection, signal: AbortSignal): Promise<void> {
    const held = this.#sink.size
    this.#listener.phase(held < BLOCK_SIZE ? 'transfer' : 'check')
    const file = await ChainedFile.ask(connection, this.#path)
    await this.#sink.truncate(file.entry.size)
    this.#proven = 0
    this.#missing = []
    this.#unproven = file.count
    this.#missing = await this.#proveHeld(file, held, { hasher: connection.hasher, signal })
    this.#file = file
    if (held >= BLOCK_SIZE) this.#listener.resumed(this.#proven, held)
    this.#sink.requireSpace(file.entry.size)
    this.#listener.size(file.entry.size)
    this.#listener.phase('transfer')
  }

  /**
   * Fetches missing blocks, while other calls do the same on other connections.
   * @returns when no block is left to request; blocks requested by other calls may still be on their way
   * @throws TransferError `changed` if the server has another version
   */
  async fetch(connection: Connection): Promise<void> {
    const checking = new Set<Promise<void>>()
    const asked: Asked[] = []
    try {
      for (;;) {
        while (asked.length < RUNS_AHEAD && this.#missing.length > 0) asked.push(this.#ask(connection))
        const [first] = asked
        if (first !== undefined) {
          await this.#receive(first, checking)
          asked.shift()
        } else if (checking.size > 0) await Promise.all(checking)
        else return
      }
    } finally {
      for (const { from, end, exchange } of asked) {
        exchange[Symbol.dispose]()
        this.#giveBack(from, end)
      }
      await Promise.allSettled(checking)
    }
  }

  /** Checks the blocks of which all bytes are held. @returns those that are missing, in order */
  async #proveHeld(
    file: ChainedFile,
    held: number,
    { hasher: { blocks }, signal }: { readonly hasher: Hasher; readonly signal: AbortSignal },
  ): Promise<number[]> {
    const count = held >= file.entry.size ? file.count : Math.floor(held / BLOCK_SIZE)
    const prove = async (index: number): Promise<boolean> => {
      using block = await blocks.take({ length: file.sizeOf(index) })
      const isProven =
        (await this.#sink.read(block.bytes, index * BLOCK_SIZE)) === block.length &&
        (await file.check(index, block.bytes, index === count - 1))
      if (isProven) this.#prove(file, index)
      return isProven
    }
    const missing: number[] = []
    for (let from = 0; from < count; from += PROVEN_AT_ONCE) {
      signal.throwIfAborted()
      const indexes = range(from, Math.min(from + PROVEN_AT_ONCE, count))
      const proven = await Promise.all(indexes.map(prove))
      missing.push(...indexes.filter((_, i) => proven[i] !== true))
    }
    return missing.concat(range(count, file.count))
  }

  /** Requests the first of the missing blocks. */
  #ask(connection: Connection): Asked {
    const file = this.#requireFile()
    const [from = 0] = this.#missing
    if ((this.#damaged.get(from) ?? 0) > REFETCHES) throw tooDamaged(from * BLOCK_SIZE)
    let count = 1
    while (count < RUN && this.#missing[count] === from + count) count++
    this.#missing.splice(0, count)
    const exchange = connection.request({
      ...{ type: 'get', path: formatPath(this.#path), version: file.version, window: this.#sink.window },
      ...{ offset: from * BLOCK_SIZE, length: count * BLOCK_SIZE },
    })
    return { from, end: from + count, exchange }
  }

  async #receive(asked: Asked, checking: Set<Promise<void>>): Promise<void> {
    const file = this.#requireFile()
    const { exchange } = asked
    const { reply, payload } = await exchange.expect('file')
    const isRight =
      reply.version === file.version &&
      reply.offset === asked.from * BLOCK_SIZE &&
      sameValue(Buffer.from(reply.chain, 'hex'), file.startOf(asked.from))
    if (!isRight) throw new TransferError('protocol', 'the server sent another range than was asked for')
    if (reply.last) return await this.#take(asked, payload, checking)
    await exchange.send({ type: 'ack', offset: reply.offset })
    while (asked.from < asked.end) {
      const { reply: data, payload: block } = await exchange.expect('data')
      if (data.offset !== asked.from * BLOCK_SIZE)
        throw new TransferError('protocol', 'the server sent data out of place')
      const end = data.offset + block.length
      await this.#take(asked, block, checking)
      await exchange.send({ type: 'ack', offset: end })
    }
  }

  /** Receives the next of the requested blocks. Resolves when it is written. */
  async #take(asked: Asked, payload: Block, checking: Set<Promise<void>>): Promise<void> {
    const file = this.#requireFile()
    const index = asked.from
    if (payload.length !== file.sizeOf(index))
      throw new TransferError('protocol', 'the server sent a block of a wrong size')
    const block = payload.move()
    const { bytes } = block
    // Nothing more is taken before one of so many has been checked.
    const isWaitedFor = this.#missing.length === 0 || checking.size >= UNCHECKED
    const checked = file.check(index, bytes, isWaitedFor)
    const written = this.#sink.write(bytes, index * BLOCK_SIZE, false)
    const done = Promise.allSettled([checked, written]).then(([check, write]) => {
      block[Symbol.dispose]()
      checking.delete(done)
      // The download may have started again with another version in the meantime.
      if (file !== this.#file || write.status === 'rejected') return
      if (check.status === 'fulfilled' && check.value) this.#prove(file, index)
      else this.#refuse(index)
    })
    checking.add(done)
    await written
    asked.from++
    while (checking.size > UNCHECKED) await Promise.race(checking)
  }

  #prove(file: ChainedFile, index: number): void {
    this.#unproven--
    this.#proven += file.sizeOf(index)
    this.#listener.moved(this.#proven)
  }

  /** The block arrived damaged, so it is requested again. */
  #refuse(index: number): void {
    this.#damaged.set(index, (this.#damaged.get(index) ?? 0) + 1)
    this.#giveBack(index, index + 1)
  }

  /** Puts blocks that had been requested back in their place. That is near the front, where they were taken. */
  #giveBack(from: number, end: number): void {
    const next = this.#missing.findIndex((index) => index >= end)
    this.#missing.splice(next === -1 ? this.#missing.length : next, 0, ...range(from, end))
  }

  #requireFile(): ChainedFile {
    if (this.#file === undefined) throw new TransferError('internal', 'nothing is known of the file')
    return this.#file
  }
}

/** The whole numbers from `from` up to but excluding `end`. */
function range(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, i) => from + i)
}
