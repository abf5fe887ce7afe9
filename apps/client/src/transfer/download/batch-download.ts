import { type FilesReply, type IfExists, TransferError } from '@ftp/protocol'
import type { Connection } from '../../connection/connection.ts'
import { type Batch, type BatchItem, type BatchItemResult, jsonBytes, resultOfFailure } from '../batch.ts'
import { type ReceivedFile, storeAll } from '../local/store-all.ts'

/** A file that has arrived, with the MD5 of its bytes. */
interface Arrived {
  readonly file: FilesReply['files'][number]
  readonly bytes: Uint8Array | undefined
  readonly md5: Uint8Array | undefined
}

/** The index of the requested file that has arrived, and its MD5 in hex. */
interface Arrival {
  readonly index: number
  readonly md5: string
}

/** Fetches many small files in one request, to paths that are free. */
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
      // Whatever the failure is, each of the other files will meet it when it is fetched alone.
    }
    return ended
  }

  async #store(files: readonly Arrived[], items: readonly BatchItem[]): Promise<BatchItemResult[]> {
    if (files.length === 0 || files.length > items.length)
      throw new TransferError('protocol', 'the server sent other files than it was asked for')
    const results: BatchItemResult[] = []
    const received: (ReceivedFile & Arrival)[] = []
    for (const [index, { file, bytes, md5 }] of files.entries()) {
      const item = items[index]
      if (file.type === 'error') results[index] = resultOfFailure(new TransferError(file.code, file.message))
      // A file that is too large or damaged is fetched alone.
      else if (bytes === undefined || md5 === undefined || item === undefined || file.md5 !== hex(md5))
        results[index] = undefined
      else received.push({ index, target: item.to, bytes, entry: file, md5: file.md5 })
    }
    const stored = await storeAll(received, this.#ifExists)
    for (const [at, { index, entry, md5 }] of received.entries()) {
      const name = stored[at]
      if (name instanceof TransferError) results[index] = resultOfFailure(name)
      else if (name === undefined) results[index] = { outcome: 'skipped', bytes: 0 }
      else results[index] = { outcome: 'done', bytes: entry.size, md5, name }
    }
    return results
  }
}

/** The bytes of each file, empty for one that was not sent. @throws TransferError `protocol` */
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
