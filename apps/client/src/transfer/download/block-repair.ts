import { BLOCK_SIZE, type Block, type Intake } from '@ftp/md5'
import { type Data, type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Connection } from '../../connection/connection.ts'

/** How often one block is fetched again before the download fails. */
export const REFETCHES = 5

/** The server's description of a file whose every byte has been verified. */
export type VerifiedEntry = Entry & { readonly md5: string }

/** One version of a file on the server. */
export interface RemoteFile {
  readonly path: RemotePath
  readonly version: string
  readonly size: number
}

/** @throws TransferError `protocol` if these are not the next bytes of a file of `size` bytes */
export function requireInPlace({ offset, last }: Data, length: number, position: number, size: number): void {
  const end = offset + length
  if (offset !== position) throw new TransferError('protocol', 'the server sent data out of place')
  if (end > size || (length < BLOCK_SIZE && end !== size))
    throw new TransferError('protocol', 'the server sent a block of a wrong size')
  if ((last === true) !== (end === size))
    throw new TransferError('protocol', 'the server ended the file before its end')
}

/**
 * Fetches damaged blocks again, one by one, until everything is proven.
 * @throws TransferError `checksum` if a block arrives damaged too often
 */
export async function repairBlocks(
  connection: Connection,
  file: RemoteFile,
  intake: Intake,
  damaged: Set<number>,
): Promise<void> {
  for (let times = 0; ; times++) {
    await intake.settled()
    const [offset] = damaged
    if (offset === undefined) return
    damaged.delete(offset)
    if (times === REFETCHES) throw tooDamaged(offset)
    const { block, md5 } = await fetchBlock(connection, file, offset)
    const isEnd = offset + block.length === file.size
    await intake.take(offset, block, md5, isEnd ? file.size : undefined)
  }
}

async function fetchBlock(
  connection: Connection,
  { path, version, size }: RemoteFile,
  offset: number,
): Promise<{ readonly block: Block; readonly md5: Uint8Array }> {
  using exchange = connection.request({
    ...{ type: 'get', path: formatPath(path), version },
    ...{ offset, length: BLOCK_SIZE },
  })
  const { reply, payload } = await exchange.expect('file')
  if (reply.md5 === undefined || payload.length !== Math.min(BLOCK_SIZE, size - offset))
    throw new TransferError('protocol', 'the server sent another block than was asked for')
  return { block: payload.move(), md5: Buffer.from(reply.md5, 'hex') }
}

/** The error for a block that has arrived damaged too often. */
export function tooDamaged(offset: number): TransferError {
  return new TransferError(
    'checksum',
    `the bytes at ${offset} arrived damaged again and again; check the network, then run the same command again`,
  )
}
