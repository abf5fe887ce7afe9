import { BLOCK_SIZE, CHAIN_VALUE_SIZE } from '@ftp/md5'
import { type DigestRequest, LIMITS } from '@ftp/protocol'
import { open } from '../../share/get.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'
import { hex, PROGRESS_MS } from './wire.ts'

/** As many values as can be sent without taking a block for them. */
const VALUES_PER_FRAME = LIMITS.chain / CHAIN_VALUE_SIZE

/** Answers a digest request: the chain in `chain` frames if it was requested, then `digest`. */
export async function digest(exchange: Exchange, on: Share, request: DigestRequest): Promise<void> {
  await using download = await open(on, request.path, { length: request.length })
  const { file, chain, end } = download
  const whole = request.length === undefined
  const { signal } = exchange
  const blocks = Math.floor(end / BLOCK_SIZE)

  const progress = exchange.progressEvery(PROGRESS_MS)
  if (request.chain === true || chain.md5 === undefined) {
    for await (const done of chain.extendTo(blocks, signal)) await progress(done, end)
  }
  if (whole && chain.md5 === undefined) {
    using tail = await on.blocks.take({ length: file.entry.size - blocks * BLOCK_SIZE, signal })
    await file.read(tail.bytes, blocks * BLOCK_SIZE)
    file.requireUnchanged()
    await chain.finish(tail.bytes)
  }
  if (request.chain === true) {
    for (let from = 0; from < blocks; from += VALUES_PER_FRAME) {
      const values = Array.from({ length: Math.min(VALUES_PER_FRAME, blocks - from) }, (_, i) =>
        chain.valueAfter(from + i + 1),
      )
      await exchange.reply({ type: 'chain', offset: from * BLOCK_SIZE }, Buffer.concat(values))
    }
  }
  const md5 = whole && chain.md5 !== undefined ? { md5: hex(chain.md5) } : {}
  await exchange.reply({ type: 'digest', version: file.version, length: end, ...md5 })
}
