import { BLOCK_SIZE, md5Of } from '@ftp/md5'
import { formatPath, type IfExists, type RemotePath } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import type { Moved } from './moved.ts'
import { FileSource } from './source.ts'
import { uploadKey } from './upload-key.ts'

/**
 * Stores a local file that travels in one frame.
 * @param client tells this client from others: 32 hex digits
 * @param ifExists a policy that may be asked for twice
 * @returns undefined where it takes more than that
 */
export async function sendWhole(
  connection: Connection,
  local: string,
  remote: RemotePath,
  client: string,
  ifExists: Exclude<IfExists, 'fail' | 'rename'>,
): Promise<Moved | undefined> {
  const whole = await readWhole(local)
  if (whole === undefined) return undefined
  const { bytes, source } = whole
  const { mtime, mode } = source
  const md5 = await md5Of(bytes)
  const request = { path: formatPath(remote), length: bytes.length, md5, mtime, mode, ifExists }
  // To replace a file twice comes to the same; any other policy must know what an attempt before this one has stored.
  const receipt = ifExists !== 'replace' && {
    upload: uploadKey(client, local, remote),
    source: source.version,
  }
  using exchange = connection.request({ type: 'put', ...request, ...receipt }, bytes)
  let { reply } = await exchange.next()
  while (reply.type === 'progress') reply = (await exchange.next()).reply
  if (reply.type === 'skipped') return { outcome: 'skipped', bytes: 0 }
  // Whatever else it says is looked into with a request of its own.
  if (reply.type !== 'stored' || reply.entry.md5 !== md5 || reply.entry.name !== remote.at(-1))
    return undefined
  return { outcome: 'done', bytes: bytes.length, md5, name: reply.entry.name }
}

/** @returns what has been read, and its source, closed */
async function readWhole(local: string): Promise<{ source: FileSource; bytes: Uint8Array } | undefined> {
  using source = new FileSource(local)
  if (source.length > BLOCK_SIZE) return undefined
  const { bytes } = await source.block(0)
  return { source, bytes }
}
