import type { RemotePath } from '@ftp/protocol'
import { turn } from '../../../guards/turns.ts'
import type { Share } from '../../../share/share.ts'
import { usage } from '../../../share/usage.ts'
import type { Exchange } from '../connection/exchange.ts'

/** Answers a request for the space that a file or folder takes. */
export async function tellUsage(exchange: Exchange, share: Share, path: RemotePath): Promise<void> {
  const counted = await usage(share, path, async () => {
    await turn(share.blocks.owner)
    exchange.signal.throwIfAborted()
  })
  exchange.respondJson(200, counted)
}
