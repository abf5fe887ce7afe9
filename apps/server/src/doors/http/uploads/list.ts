import { turn } from '../../../guards/turns.ts'
import { type OwnUpload, ownUploads } from '../../../share/own-uploads.ts'
import type { Share } from '../../../share/share.ts'
import type { Exchange } from '../connection/exchange.ts'
import { requireMethod } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'

/** How many uploads are looked at before others have their turn. */
const BATCH = 64

/**
 * Answers a request for the unfinished uploads of the account. Those with a `url` can be continued there; only the
 * client of FTX, or the guest, that has begun another one can continue it.
 */
export async function listUploads(exchange: Exchange, visitor: Visitor): Promise<void> {
  requireMethod(exchange.method, ['GET', 'HEAD'])
  const share = await visitor.share(exchange)
  // Without the right to see them, nothing is sent but the refusal.
  const uploads = ownUploads(share)
  const first = uploads.next()
  await exchange.stream(200, { 'Content-Type': 'application/json' }, asJson(share, first, uploads))
}

async function* asJson(
  share: Share,
  first: IteratorResult<OwnUpload, void>,
  rest: Generator<OwnUpload>,
): AsyncGenerator<string> {
  yield '{"uploads":['
  let separator = '\n'
  let count = 0
  for (let next = first; next.done !== true; next = rest.next()) {
    const { upload, isContinuable } = next.value
    const url = isContinuable ? `/uploads/${upload.key}` : undefined
    yield separator + JSON.stringify({ ...upload, url })
    separator = ',\n'
    if (++count % BATCH === 0) await turn(share.blocks.owner)
  }
  yield '\n]}\n'
}
