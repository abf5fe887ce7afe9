import { BLOCK_SIZE } from '@ftp/md5'
import { type GetRequest, LIMITS } from '@ftp/protocol'
import * as share from '../../share/get.ts'
import { ReadAhead } from '../../share/read-ahead.ts'
import type { Share } from '../../share/share.ts'
import { BlockPayload } from '../sending/payload.ts'
import type { Exchange } from './exchange.ts'
import { hex, PROGRESS_MS } from './wire.ts'

/** Answers a get: `file`, then `data` until the range ends. A small file comes in a single frame. */
export async function get(exchange: Exchange, on: Share, request: GetRequest): Promise<void> {
  await using download = await share.get(on, request.path, request)
  const { file, chain, start, end } = download
  const { signal } = exchange

  const progress = exchange.progressEvery(PROGRESS_MS)
  for await (const done of chain.extendTo(start / BLOCK_SIZE, signal)) await progress(done, start)

  const head = {
    type: 'file' as const,
    entry: file.entry,
    version: file.version,
    offset: start,
    chain: hex(chain.valueAfter(start / BLOCK_SIZE)),
    length: end - start,
  }
  if (end - start <= BLOCK_SIZE) {
    const piece = await exchange.keepAlive(() => download.piece(start, signal))
    await exchange.reply({ ...head, md5: hex(piece.md5), last: true }, payloadOf(download, piece))
    return
  }

  await exchange.reply(head)
  exchange.acknowledge(start)
  await using pieces = new ReadAhead(download, signal)
  const rest = (): void => pieces.rest()
  const window = Math.max(BLOCK_SIZE, Math.min(request.window ?? LIMITS.window, LIMITS.windowMax))
  for (let offset = start; offset < end; offset += BLOCK_SIZE) {
    const sent = offset + BLOCK_SIZE
    // The window grows by what is acknowledged, no slower than that of TCP. A client that reads nothing is sent two
    // blocks, because the kernel has little memory for all connections together.
    const grown = Math.ceil((start + sent - LIMITS.window) / 2)
    await exchange.acknowledged(Math.max(sent - window, grown), rest)
    const piece = await exchange.keepAlive(() => pieces.next())
    const { md5, last } = piece
    const payload = payloadOf(download, piece, rest)
    await exchange.reply({ type: 'data', offset, md5: hex(md5), ...(last && { last }) }, payload)
    // Nothing may follow the last block; its md5 shows whether what was read again is the same.
    if (payload.isReread && !last) file.requireUnchanged()
  }
}

/**
 * @param onSlow called if the memory of the piece has to be released before the client has received it all
 */
function payloadOf(
  download: share.Download,
  { block, offset }: share.Piece,
  onSlow?: () => void,
): BlockPayload {
  return new BlockPayload(block, (buffer, at) => download.readAgain(buffer, offset + at), onSlow)
}
