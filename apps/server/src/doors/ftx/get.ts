import { BLOCK_SIZE, Block } from '@ftp/md5'
import { type GetRequest, LIMITS, parsePath } from '@ftp/protocol'
import * as share from '../../share/get.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'
import { reserveForReading } from './memory.ts'
import { hex, PROGRESS_MS } from './wire.ts'

/** Answers a get: `file`, then `data` until the range ends; a small one in a single frame. */
export async function get(exchange: Exchange, on: Share, request: GetRequest): Promise<void> {
  await using download = await share.get(on, parsePath(request.path), request)
  const { file, chain, start, end } = download

  using memory = await reserveForReading(exchange, on.hasher)
  const progress = exchange.progressEvery(PROGRESS_MS)
  for await (const done of chain.reach(start / BLOCK_SIZE, memory.depth)) await progress(done, start)

  const head = {
    type: 'file' as const,
    entry: file.entry,
    version: file.version,
    offset: start,
    chain: hex(chain.valueAfter(start / BLOCK_SIZE)),
    length: end - start,
  }
  if (end - start <= BLOCK_SIZE) {
    const { block, md5 } = await download.piece(start, new Block(Buffer.allocUnsafe(end - start)))
    await exchange.reply({ ...head, md5: hex(md5), last: true }, block)
    return
  }

  await exchange.reply(head)
  exchange.acknowledge(start)
  const window = Math.max(BLOCK_SIZE, Math.min(request.window ?? LIMITS.window, LIMITS.windowMax))
  for await (const { offset, block, md5, last } of download.pieces(memory.depth)) {
    using bytes = block
    await exchange.acknowledged(offset + BLOCK_SIZE - window)
    await exchange.reply({ type: 'data', offset, md5: hex(md5), ...(last && { last }) }, bytes)
  }
}
