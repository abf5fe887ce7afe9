import { type Block, joined } from '@ftp/md5'
import {
  fromErrno,
  type IfExists,
  type OutcomesReply,
  parsePath,
  printable,
  type RemotePath,
  requirePortable,
  type SentWholePut,
  TransferError,
} from '@ftp/protocol'
import type { Connection } from '../../connection/connection.ts'
import { type Batch, type BatchItem, type BatchItemResult, jsonBytes, resultOfFailure } from '../batch.ts'
import { FileSource } from './source.ts'
import { uploadKey } from './upload-key.ts'

/** The bytes that a file takes in a header in addition to its path, and those that its receipt takes. */
const FIELDS = 130
const RECEIPT = 150

/** A file that has been read and can be sent. */
interface Offer {
  readonly bytes: Uint8Array
  readonly file: Omit<SentWholePut, 'md5'>
}

type Unready = ReadonlyMap<Promise<void> | undefined, unknown>

/** Stores many small local files in one request. */
export class BatchUpload implements Batch {
  readonly #ifExists: IfExists
  readonly #client: string

  /** @param client identifies this client: 32 hex digits */
  constructor(ifExists: IfExists, client: string) {
    this.#ifExists = ifExists
    this.#client = client
  }

  headerBytes({ to }: BatchItem): number {
    return jsonBytes(to) + FIELDS + (this.#needsReceipt ? RECEIPT : 0)
  }

  async move(connection: Connection, items: readonly BatchItem[]): Promise<readonly BatchItemResult[]> {
    const unready = await unreadyOf(items)
    using buffer = await connection.hasher.blocks.take()
    const read = await this.#read(items, buffer.bytes, unready)
    const outcomes = (await this.#store(connection, read.filter(isOffer), buffer)).values()
    return read.map((one) => (isOffer(one) ? outcomes.next().value : one))
  }

  /** Reads the files into `buffer`, one behind the other. A file that does not fit gets undefined. */
  async #read(
    items: readonly BatchItem[],
    buffer: Uint8Array,
    unready: Unready,
  ): Promise<readonly (Offer | BatchItemResult)[]> {
    let end = 0
    // Each file claims its part of the buffer before it waits for anything.
    const reading = items.map(async (item) => {
      try {
        if (unready.has(item.ready)) throw unready.get(item.ready)
        const path = parsePath(item.to)
        requirePortable(path)
        using source = new FileSource(item.name)
        const start = end
        if (source.length > buffer.length - start || source.understatesLength) return undefined
        end += source.length
        const bytes = buffer.subarray(start, end)
        await source.read(bytes)
        return { bytes, file: this.#describe(item, path, source) }
      } catch (error) {
        return resultOfFailure(fromErrno(error, `"${printable(item.name)}"`))
      }
    })
    return await Promise.all(reading)
  }

  #describe({ name, to }: BatchItem, path: RemotePath, source: FileSource): Offer['file'] {
    const { length, mtime, mode } = source
    // Replacing a file twice has the same effect as once. Any other policy must know what an earlier attempt
    // has stored.
    const receipt = this.#needsReceipt && {
      upload: uploadKey(this.#client, name, path),
      source: source.version,
    }
    return { path: to, length, mtime, mode, ...receipt }
  }

  async #store(
    connection: Connection,
    offers: readonly Offer[],
    buffer: Block,
  ): Promise<readonly BatchItemResult[]> {
    if (offers.length === 0) return []
    const pieces = offers.map(({ bytes }) => bytes)
    const md5s = connection.hasher.md5sOf(pieces).map((md5) => Buffer.from(md5).toString('hex'))
    const files = offers.map(({ file }, index) => ({ ...file, md5: md5s[index] ?? '' }))
    using exchange = connection.request(
      { type: 'mput', ifExists: this.#ifExists, files },
      joined(buffer, pieces),
    )
    const { reply } = await exchange.expect('outcomes')
    if (reply.outcomes.length !== files.length)
      throw new TransferError('protocol', 'the server answered for other files than it was sent')
    return files.map((file, index) => resultOf(file, reply.outcomes[index]))
  }

  get #needsReceipt(): boolean {
    return this.#ifExists !== 'replace'
  }
}

/** Waits for the directories of the targets. @returns the failures of those that cannot be made */
async function unreadyOf(items: readonly BatchItem[]): Promise<Unready> {
  const failures = new Map<Promise<void> | undefined, unknown>()
  for (const ready of new Set(items.map((item) => item.ready)))
    await ready?.catch((error: unknown) => failures.set(ready, error))
  return failures
}

function isOffer(one: Offer | BatchItemResult): one is Offer {
  return one !== undefined && 'file' in one
}

function resultOf(
  { path, length, md5 }: SentWholePut,
  outcome: OutcomesReply['outcomes'][number] | undefined,
): BatchItemResult {
  switch (outcome?.type) {
    case 'stored':
      return {
        outcome: 'done',
        bytes: length,
        md5,
        name: outcome.name ?? path.slice(path.lastIndexOf('/') + 1),
      }
    case 'skipped':
      return { outcome: 'skipped', bytes: 0 }
    case 'error':
      return resultOfFailure(new TransferError(outcome.code, outcome.message))
    case undefined:
      return undefined
    default:
      return outcome satisfies never
  }
}
