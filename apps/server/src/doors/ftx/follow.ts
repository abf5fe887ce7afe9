import { setTimeout as delay } from 'node:timers/promises'
import { type FollowRequest, LIMITS } from '@ftp/protocol'
import { turn } from '../../guards/turns.ts'
import * as share from '../../share/follow.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'
import { hex, PROGRESS_MS } from './wire.ts'

/** How often a file is checked for growth, in milliseconds. */
const LOOK_MS = 200

/** Answers a follow request: `following`, then `data` until the client cancels. */
export async function follow(exchange: Exchange, on: Share, request: FollowRequest): Promise<void> {
  const { path, offset = 0, md5 } = request
  const progress = exchange.progressEvery(PROGRESS_MS)
  await using following = await share.follow(on, path, offset)
  await following.prove(md5, progress)
  await exchange.reply({ type: 'following', entry: following.file.entry })
  exchange.acknowledge(offset)
  exchange.isEndless = true
  for (;;) {
    await exchange.acknowledged(following.position + share.APPENDED - LIMITS.window)
    await turn(on.blocks.owner)
    const appended = await following.next()
    if (appended === undefined) {
      await delay(LOOK_MS, undefined, { signal: exchange.signal }).catch(() => {})
      await progress(following.position, following.position)
      continue
    }
    const { bytes, md5: known } = appended
    await exchange.reply({ type: 'data', offset: appended.offset, md5: hex(known) }, bytes)
  }
}
