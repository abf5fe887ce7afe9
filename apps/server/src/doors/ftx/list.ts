import type { Entry, RemotePath } from '@ftp/protocol'
import { turn } from '../../guards/turns.ts'
import * as share from '../../share/list.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'
import { Page } from './page.ts'

/** Answers a list request with pages of entries; the last page is marked. */
export async function list(
  exchange: Exchange,
  on: Share,
  path: RemotePath,
  recursive: boolean,
): Promise<void> {
  await turn()
  let unnamable = 0
  let page = new Page<Entry>()
  for await (const entries of share.list(on, path, recursive, () => unnamable++)) {
    for (const entry of entries) {
      if (page.add(entry, entry.name)) continue
      await exchange.reply({ type: 'entries', entries: page.items })
      await turn()
      exchange.signal.throwIfAborted()
      page = new Page()
      page.add(entry, entry.name)
    }
  }
  const { items } = page
  await exchange.reply({ type: 'entries', entries: items, last: true, ...(unnamable > 0 && { unnamable }) })
}
