import { type Entry, type FilesReply, type IfExists, TransferError } from '@ftp/protocol'
import type { Connection } from '../../connection/connection.ts'
import { type Batch, type BatchItem, type BatchItemResult, jsonBytes, resultOfFailure } from '../batch.ts'
import { WholeFile } from '../local/whole-file.ts'

/** A file as it has arrived, with the MD5 of its bytes. */
interface Arrived {
  readonly file: FilesReply['files'][number]
  readonly bytes: Uint8Array | undefined
  readonly md5: Uint8Array | undefined
}

/** Fetches many small files in one request, to paths where nothing stands in their way. */
export class BatchDownload implements Batch {
  readonly #ifExists: IfExists

  constructor(ifExists: IfExists) {
    this.#ifExists = ifExists
  }

  headerBytes({ name }: BatchItem): number {
    return jsonBytes(name) + 1
  }

  async move(connection: Connection, items: readonly BatchItem[]): Promise<readonly BatchItemResult[]> {
    const ended: BatchItemResult[] = []
    try {
      using exchange = connection.request({ type: 'mget', paths: items.map(({ name }) => name) })
      for (let isLast = false; !isLast; ) {
        const { reply, payload } = await exchange.expect('files')
        const pieces = cut(reply.files, payload.bytes)
        const md5s = connection.hasher.md5sOf(pieces)
        const arrived = reply.files.map((file, index) => ({ file, bytes: pieces[index], md5: md5s[index] }))
        ended.push(...(await this.#store(arrived, items.slice(ended.length))))
        isLast = reply.last === true
      }
    } catch {
      // Whatever it is, each of the others learns it alone.
    }
    return ended
  }

  async #store(files: readonly Arrived[], items: readonly BatchItem[]): Promise<BatchItemResult[]> {
    if (files.length === 0 || files.length > items.length)
      throw new TransferError('protocol', 'the server sent other files than it was asked for')
    return await Promise.all(
      files.map(({ file, bytes, md5 }, index) => {
        const item = items[index]
        if (file.type === 'error') return resultOfFailure(new TransferError(file.code, file.message))
        if (bytes === undefined || md5 === undefined || item === undefined) return undefined
        // What is too large, or damaged, comes alone.
        if (file.md5 === undefined || file.md5 !== hex(md5)) return undefined
        return this.#storeOne(file, file.md5, bytes, item.to)
      }),
    )
  }

  async #storeOne(entry: Entry, md5: string, bytes: Uint8Array, target: string): Promise<BatchItemResult> {
    let file: WholeFile | undefined
    try {
      file = new WholeFile(target, bytes, entry.mode)
      const name = await file.commit(entry, this.#ifExists)
      return name === undefined
        ? { outcome: 'skipped', bytes: 0 }
        : { outcome: 'done', bytes: entry.size, md5, name }
    } catch (error) {
      return resultOfFailure(error)
    } finally {
      file?.[Symbol.dispose]()
    }
  }
}

/** The bytes of each file; none of one that has not come. @throws TransferError `protocol` */
function cut(files: FilesReply['files'], payload: Uint8Array): Uint8Array[] {
  let end = 0
  const pieces = files.map((file) => {
    const start = end
    if (file.type !== 'error' && file.md5 !== undefined) end += file.size
    return payload.subarray(start, end)
  })
  if (end !== payload.length)
    throw new TransferError('protocol', 'the server sent files of other lengths than it says')
  return pieces
}

function hex(md5: Uint8Array): string {
  return Buffer.from(md5.buffer, md5.byteOffset, md5.length).toString('hex')
}
