import { setImmediate } from 'node:timers/promises'
import { type Entry, parsePath } from '@ftp/protocol'
import * as share from '../../share/list.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'

/** Room for entries in one header: less than the limit, for the frame around them. */
const PAGE_BYTES = 60_000
/** What an entry takes besides its name, at most. */
const ENTRY_BYTES = 200
/** What one character of a name takes in JSON and UTF-8, at most. */
const CHARACTER_BYTES = 6

/** How long this thread lists before others get their turn and what has been listed leaves, in milliseconds. */
const AT_ONCE_MS = 2
let began = 0

/** Answers a list: pages of entries, the last one marked. */
export async function list(exchange: Exchange, on: Share, path: string, recursive: boolean): Promise<void> {
  await rest()
  let unnamable = 0
  let page: Entry[] = []
  let room = PAGE_BYTES
  for await (const entries of share.list(on, parsePath(path), recursive, () => unnamable++)) {
    for (const entry of entries) {
      const takes = ENTRY_BYTES + entry.name.length * CHARACTER_BYTES
      if (takes > room) {
        await exchange.reply({ type: 'entries', entries: page })
        await rest()
        exchange.signal.throwIfAborted()
        page = []
        room = PAGE_BYTES
      }
      page.push(entry)
      room -= takes
    }
  }
  await exchange.reply({ type: 'entries', entries: page, last: true, ...(unnamable > 0 && { unnamable }) })
}

async function rest(): Promise<void> {
  if (performance.now() - began < AT_ONCE_MS) return
  await setImmediate()
  began = performance.now()
}
