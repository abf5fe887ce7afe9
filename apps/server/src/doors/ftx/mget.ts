import { joined } from '@ftp/md5'
import { type MgetRequest, parsePath, type RemotePath, TransferError } from '@ftp/protocol'
import { turn } from '../../guards/turns.ts'
import * as share from '../../share/mget.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'
import { reserveForTogether } from './memory.ts'

/** Answers an mget: `files` frames, each with as many whole files as fit into a block. */
export async function mget(exchange: Exchange, on: Share, request: MgetRequest): Promise<void> {
  let paths = request.paths.map(toPath)
  using _memory = await reserveForTogether(exchange, on.hasher)
  while (paths.length > 0) {
    // Up to a block is read at once.
    await turn()
    exchange.signal.throwIfAborted()
    using room = await exchange.keepAlive(() => on.hasher.blocks.take({ signal: exchange.signal }))
    const read = await exchange.keepAlive(() => share.mget(on, paths, room.bytes))
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
    await exchange.reply({ type: 'files', files, ...(last && { last }) }, joined(room, pieces))
  }
}

function toPath(path: string): RemotePath | TransferError {
  try {
    return parsePath(path)
  } catch (error) {
    return TransferError.from(error)
  }
}
