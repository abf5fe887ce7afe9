import { joined } from '@ftp/md5'
import { type MgetRequest, type RemotePath, TransferError } from '@ftp/protocol'
import { turn } from '../../guards/turns.ts'
import * as share from '../../share/mget.ts'
import type { Share } from '../../share/share.ts'
import { BlockPayload } from '../sending/payload.ts'
import type { Exchange } from './exchange.ts'

/** Answers an mget with `files` frames, each with as many whole files as fit into a block. */
export async function mget(exchange: Exchange, on: Share, request: MgetRequest): Promise<void> {
  let { paths } = request
  while (paths.length > 0) {
    // Each step reads up to a block, so it takes a turn.
    await turn(on.blocks.owner)
    exchange.signal.throwIfAborted()
    using block = await exchange.keepAlive(() => on.blocks.take({ signal: exchange.signal }))
    const read = await exchange.keepAlive(() => share.mget(on, paths, block.bytes))
    const sent = bytesIn(paths, read)
    paths = paths.slice(read.length)
    const files = read.map((one) =>
      one instanceof TransferError
        ? exchange.refusal(one)
        : { ...one.entry, ...(one.md5 && { md5: one.md5 }) },
    )
    const pieces = read.flatMap((one) =>
      one instanceof TransferError || one.bytes === undefined ? [] : [one.bytes],
    )
    const last = paths.length === 0
    const again = (buffer: Uint8Array, at: number): Promise<void> => share.readAgain(on, sent, buffer, at)
    const payload = new BlockPayload(joined(block, pieces), again)
    await exchange.reply({ type: 'files', files, ...(last && { last }) }, payload)
  }
}

/** The files whose bytes have been read, and the number of bytes of each. */
function bytesIn(
  paths: readonly (RemotePath | TransferError)[],
  read: readonly (share.Whole | TransferError)[],
): { path: RemotePath; size: number }[] {
  return read.flatMap((one, index) => {
    const path = paths[index]
    const isSent = !(one instanceof TransferError) && one.bytes !== undefined
    return isSent && path !== undefined && !(path instanceof TransferError)
      ? [{ path, size: one.bytes.length }]
      : []
  })
}
