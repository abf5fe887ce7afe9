import { giveBlock, md5Of } from '@ftp/md5'
import type { IfExists } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import type { Moved } from './moved.ts'
import { WholeFile } from './whole-file.ts'

/**
 * Fetches a file that comes in one frame.
 * @param remote as on the wire
 * @param target a place where neither the file is nor what an earlier attempt has left of it
 * @returns undefined where it does not come whole
 */
export async function receiveWhole(
  connection: Connection,
  remote: string,
  target: string,
  ifExists: IfExists,
): Promise<Moved | undefined> {
  using exchange = connection.request({ type: 'get', path: remote })
  const { reply, payload } = await exchange.expect('file')
  const { entry, md5, last } = reply
  try {
    if (!last || payload.length !== entry.size || (await md5Of(payload)) !== md5) return undefined
    using file = new WholeFile(target, payload, entry.mode)
    const name = await file.commit(entry, ifExists)
    if (name === undefined) return { outcome: 'skipped', bytes: 0 }
    return { outcome: 'done', bytes: entry.size, md5, name }
  } finally {
    giveBlock(payload)
  }
}
