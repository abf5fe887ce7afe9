import { type Block, joined } from '@ftp/md5'
import {
  type Compared,
  type Entry,
  fromErrno,
  type IfExists,
  judge,
  MAY_SKIP,
  type OutcomesReply,
  parsePath,
  printable,
  type RemotePath,
  type SentWholePut,
  TransferError,
} from '@ftp/protocol'
import type { Connection } from '../../connection/connection.ts'
import { stat } from '../../requests/stat.ts'
import { type Batch, type BatchItem, type BatchItemResult, jsonBytes, resultOfFailure } from '../batch.ts'
import { FileSource } from './source.ts'
import { sourceName, uploadKey } from './upload-key.ts'

/** The bytes that a file takes in a header in addition to its path, and those that its receipt takes. */
const FIELDS = 130
const RECEIPT = 190

/** A file that has been read and can be sent. */
interface Offer {
  readonly bytes: Uint8Array
  readonly file: Omit<SentWholePut, 'md5'>
}

type Unready = ReadonlyMap<Promise<void> | undefined, unknown>

export interface BatchUploadOptions {
  readonly ifExists: IfExists
  /** Identifies this client: 32 hex digits. */
  readonly client: string
  /** Identifies this run of the client. */
  readonly run: string
}

/** Stores many small local files in one request. */
export class BatchUpload implements Batch {
  readonly #options: BatchUploadOptions

  constructor(options: BatchUploadOptions) {
    this.#options = options
  }

  headerBytes({ to }: BatchItem): number {
    return jsonBytes(to) + FIELDS + (this.#needsReceipt ? RECEIPT : 0)
  }

  async move(connection: Connection, items: readonly BatchItem[]): Promise<readonly BatchItemResult[]> {
    const unready = await unreadyOf(items)
    const existing = await this.#existing(connection, items)
    using buffer = await connection.hasher.blocks.take()
    const read = await this.#read(items, buffer.bytes, { unready, existing })
    const outcomes = (await this.#store(connection, read.filter(isOffer), buffer)).values()
    return read.map((one) => (isOffer(one) ? outcomes.next().value : one))
  }

  /** The present targets, if the policy depends on them: a file whose target stays is not sent at all. */
  async #existing(
    connection: Connection,
    items: readonly BatchItem[],
  ): Promise<readonly (Entry | undefined)[]> {
    if (!MAY_SKIP.has(this.#options.ifExists)) return []
    // If the failure lasts, the transfer of the file itself reports it.
    return await Promise.all(
      items.map(async ({ to }) => stat(connection, parsePath(to)).catch(() => undefined)),
    )
  }

  /** Reads the files into `buffer`, one behind the other. A file that does not fit gets undefined. */
  async #read(
    items: readonly BatchItem[],
    buffer: Uint8Array,
    { unready, existing }: { readonly unready: Unready; readonly existing: readonly (Entry | undefined)[] },
  ): Promise<readonly (Offer | BatchItemResult)[]> {
    const { ifExists } = this.#options
    let end = 0
    // Each file claims its part of the buffer before it waits for anything.
    const reading = items.map(async (item, index) => {
      try {
        if (unready.has(item.ready)) throw unready.get(item.ready)
        const path = parsePath(item.to)
        using source = new FileSource(item.name)
        const there = existing[index]
        if (there?.type === 'file' && judge(ifExists, there, sizeAndTime(source)) === 'keep')
          return { outcome: 'skipped', bytes: 0 } as const
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
      upload: uploadKey(this.#options.client, name, path),
      source: sourceName(source.version, this.#options),
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
      { type: 'mput', ifExists: this.#options.ifExists, files },
      joined(buffer, pieces),
    )
    const { reply } = await exchange.expect('outcomes')
    if (reply.outcomes.length !== files.length)
      throw new TransferError('protocol', 'the server answered for other files than it was sent')
    return files.map((file, index) => resultOf(file, reply.outcomes[index]))
  }

  get #needsReceipt(): boolean {
    return this.#options.ifExists !== 'replace'
  }
}

/** Waits for the directories of the targets. @returns the failures of those that cannot be made */
async function unreadyOf(items: readonly BatchItem[]): Promise<Unready> {
  const failures = new Map<Promise<void> | undefined, unknown>()
  for (const ready of new Set(items.map((item) => item.ready)))
    await ready?.catch((error: unknown) => failures.set(ready, error))
  return failures
}

function sizeAndTime({ length, mtime }: FileSource): Compared {
  return { size: length, mtime }
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
