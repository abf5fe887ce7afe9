import { BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, type Hasher, sameValue } from '@ftp/md5'
import { formatPath, printable, type RemotePath, TransferError } from '@ftp/protocol'
import type { Connection } from '../../connection/connection.ts'
import { unexpected } from '../../connection/exchange.ts'
import type { VerifiedEntry } from './block-repair.ts'

/**
 * One version of a file on the server with its whole chain, so that each block can be checked alone and in
 * any order.
 */
export class ChainedFile {
  readonly version: string
  readonly entry: VerifiedEntry
  /** The number of blocks, including the shorter one at the end. */
  readonly count: number
  readonly #hasher: Hasher
  readonly #values: readonly Uint8Array[]

  private constructor(version: string, entry: VerifiedEntry, values: readonly Uint8Array[], hasher: Hasher) {
    this.#hasher = hasher
    this.version = version
    this.entry = entry
    this.count = Math.ceil(entry.size / BLOCK_SIZE)
    this.#values = values
    const whole = Math.floor(entry.size / BLOCK_SIZE)
    if (values.length !== whole || (this.count === whole && !this.#endsInMd5()))
      throw new TransferError('protocol', 'the server sent a chain that is not that of the file')
  }

  /**
   * Asks the server for the chain. If the server does not have it yet, that takes as long as reading the
   * file.
   */
  static async ask(connection: Connection, remote: RemotePath): Promise<ChainedFile> {
    const path = formatPath(remote)
    const { entry, version } = (await connection.request({ type: 'stat', path }).expect('entry')).reply
    using exchange = connection.request({ type: 'digest', path, chain: true })
    const values: Uint8Array[] = []
    for (;;) {
      const { reply, payload } = await exchange.next()
      if (reply.type === 'chain') {
        const { bytes } = payload
        for (let at = 0; at < bytes.length; at += CHAIN_VALUE_SIZE)
          values.push(new Uint8Array(bytes.subarray(at, at + CHAIN_VALUE_SIZE)))
      } else if (reply.type === 'digest') {
        if (reply.version !== version || reply.md5 === undefined)
          throw new TransferError(
            'changed',
            `"${printable(entry.name)}" is being changed on the server; try again later`,
          )
        return new ChainedFile(version, { ...entry, md5: reply.md5 }, values, connection.hasher)
      } else if (reply.type !== 'progress') throw unexpected(reply)
    }
  }

  /** The length of a block, in bytes. */
  sizeOf(index: number): number {
    return Math.min(BLOCK_SIZE, this.entry.size - index * BLOCK_SIZE)
  }

  /** The chaining value at the start of a block. */
  startOf(index: number): Uint8Array {
    return this.#values[index - 1] ?? CHAIN_START
  }

  /** Whether these are the bytes of that block. @param hurry see Hasher.check */
  async check(index: number, bytes: Uint8Array, hurry: boolean): Promise<boolean> {
    if (bytes.length !== this.sizeOf(index)) return false
    const start = this.startOf(index)
    const end = this.#values[index]
    if (end !== undefined) return await this.#hasher.check({ start, bytes, end }, hurry)
    const { md5, size: length } = this.entry
    return await this.#hasher.check({ start, bytes, end: Buffer.from(md5, 'hex'), length }, hurry)
  }

  /** If the file ends with a whole block, no check of a block proves its MD5. */
  #endsInMd5(): boolean {
    const md5 = this.#hasher.kernel.finish(this.startOf(this.count), new Uint8Array(0), this.entry.size)
    return sameValue(md5, Buffer.from(this.entry.md5, 'hex'))
  }
}
