import type { Entry, RemotePath } from '@ftp/protocol'
import { turn } from '../../guards/turns.ts'
import * as share from '../../share/list.ts'
import { Omissions } from '../../share/omissions.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'
import { Page } from './page.ts'

/** Answers a list request with pages of entries; the last is marked, and says what was left out. */
export async function list(
  exchange: Exchange,
  on: Share,
  path: RemotePath,
  recursive: boolean,
): Promise<void> {
  await turn(on.blocks.owner)
  const omitted = new Omissions()
  let page = new Page<Entry>()
  for await (const entries of share.list(on, path, recursive, omitted)) {
    for (const entry of entries) {
      if (page.add(entry, entry.name)) continue
      await exchange.reply({ type: 'entries', entries: page.items })
      await turn(on.blocks.owner)
      exchange.signal.throwIfAborted()
      page = new Page()
      page.add(entry, entry.name)
    }
  }
  const { fields } = omitted
  const isFull = Object.keys(fields).length > 0 && page.items.length > 0
  if (isFull) await exchange.reply({ type: 'entries', entries: page.items })
  await exchange.reply({ type: 'entries', entries: isFull ? [] : page.items, last: true, ...fields })
}
