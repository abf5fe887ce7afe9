import { BLOCK_SIZE } from '@ftp/md5'
import { type GetRequest, LIMITS, parsePath } from '@ftp/protocol'
import * as share from '../share/get.ts'
import type { Share } from '../share/share.ts'
import type { Exchange } from './exchange.ts'
import { takeBuffer } from './small-buffers.ts'
import { hex, PROGRESS_MS } from './wire.ts'

/** Answers a get: `file`, then `data` until the range ends; a small one in a single frame. */
export async function get(exchange: Exchange, on: Share, request: GetRequest): Promise<void> {
  await using download = share.get(on, parsePath(request.path), request)
  const { file, chain, start, end } = download

  const progress = exchange.progressEvery(PROGRESS_MS)
  for await (const done of chain.reach(start / BLOCK_SIZE)) await progress(done, start)

  const head = {
    type: 'file' as const,
    entry: file.entry,
    version: file.version,
    offset: start,
    chain: hex(chain.valueAfter(start / BLOCK_SIZE)),
    length: end - start,
  }
  if (end - start <= BLOCK_SIZE) {
    const { bytes, md5 } = await download.read(start, takeBuffer(Math.min(BLOCK_SIZE, end - start)))
    await exchange.reply({ ...head, md5: hex(md5), last: true }, bytes)
    return
  }

  exchange.acknowledge(start)
  await exchange.reply(head)
  const window = Math.max(BLOCK_SIZE, Math.min(request.window ?? LIMITS.window, LIMITS.windowMax))
  // An acknowledged buffer has left the socket, so this many can be used in turn.
  const buffers = Array.from({ length: Math.ceil(window / BLOCK_SIZE) }, () =>
    Buffer.allocUnsafeSlow(BLOCK_SIZE),
  )
  for (let offset = start; offset < end; offset += BLOCK_SIZE) {
    await exchange.acknowledged(offset + BLOCK_SIZE - window)
    const buffer = buffers[(offset / BLOCK_SIZE) % buffers.length] ?? Buffer.alloc(BLOCK_SIZE)
    const { bytes, md5 } = await download.read(offset, buffer)
    const last = offset + bytes.length === end
    await exchange.reply({ type: 'data', offset, md5: hex(md5), ...(last && { last }) }, bytes)
  }
}
