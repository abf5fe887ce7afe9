import { setImmediate } from 'node:timers/promises'
import type { UnfinishedUpload } from '@ftp/protocol'
import { ownUploads } from '../../share/own-uploads.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'
import { Page } from './page.ts'

/** Answers with all unfinished uploads of the account, in pages; the last page is marked. */
export async function uploads(exchange: Exchange, share: Share): Promise<void> {
  let page = new Page<UnfinishedUpload>()
  for (const { upload } of ownUploads(share)) {
    if (page.add(upload, upload.path)) continue
    await exchange.reply({ type: 'uploads', uploads: page.items })
    await setImmediate()
    exchange.signal.throwIfAborted()
    page = new Page()
    page.add(upload, upload.path)
  }
  await exchange.reply({ type: 'uploads', uploads: page.items, last: true })
}
