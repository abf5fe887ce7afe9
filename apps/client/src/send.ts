import { hash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { BLOCK_SIZE, md5Of } from '@ftp/md5'
import { formatPath, fromErrno, type IfExists, printable, type RemotePath } from '@ftp/protocol'
import type { Connection } from './connection/connection.ts'
import type { Run } from './session.ts'
import { type TransferListener, watched } from './transfer/listener.ts'
import type { Moved } from './transfer/moved.ts'
import { FileSource, type Source, StreamSource } from './transfer/source.ts'
import { Upload } from './transfer/upload.ts'

/**
 * Stores a local file, and continues what an earlier attempt has left.
 * @param client tells this client from others: 32 hex digits
 */
export async function sendFile(
  run: Run,
  local: string,
  remote: RemotePath,
  client: string,
  ifExists: IfExists,
  listener: TransferListener,
): Promise<Moved> {
  try {
    using source = new FileSource(local)
    return await send(run, source, remote, uploadKey(client, local, remote), ifExists, listener)
  } catch (error) {
    throw fromErrno(error, `"${printable(local)}"`)
  }
}

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
  const { bytes, ...source } = (await readWhole(local)) ?? {}
  if (bytes === undefined) return undefined
  const md5 = await md5Of(bytes)
  const request = { ...source, path: formatPath(remote), upload: uploadKey(client, local, remote), ifExists }
  using exchange = connection.request({ type: 'put', ...request, length: bytes.length, md5 }, bytes)
  let { reply } = await exchange.next()
  while (reply.type === 'progress') reply = (await exchange.next()).reply
  if (reply.type === 'skipped') return { outcome: 'skipped', bytes: 0 }
  // Whatever else it says is looked into with a request of its own.
  if (reply.type !== 'stored' || reply.entry.md5 !== md5 || reply.entry.name !== remote.at(-1))
    return undefined
  return { outcome: 'done', bytes: bytes.length, md5, name: reply.entry.name }
}

async function readWhole(
  local: string,
): Promise<{ bytes: Uint8Array; source: string; mtime: number; mode: number } | undefined> {
  using file = new FileSource(local)
  if (file.length > BLOCK_SIZE) return undefined
  const { bytes } = await file.block(0)
  return { bytes, source: file.version, mtime: file.mtime, mode: file.mode }
}

/** Stores what a stream gives. @param signal its abort ends the wait for a stream that says nothing */
export async function sendStream(
  run: Run,
  stream: AsyncIterable<Uint8Array>,
  remote: RemotePath,
  ifExists: IfExists,
  listener: TransferListener,
  signal: AbortSignal,
): Promise<Moved> {
  using source = new StreamSource(stream, signal)
  return await send(run, source, remote, randomBytes(16).toString('hex'), ifExists, listener)
}

async function send(
  run: Run,
  source: Source,
  remote: RemotePath,
  upload: string,
  ifExists: IfExists,
  listener: TransferListener,
): Promise<Moved> {
  let progressed = (): void => {}
  const sending = new Upload(
    remote,
    source,
    { upload, ifExists },
    watched(listener, () => progressed()),
  )
  const { type, entry, repeated } = await run((attempt) => {
    progressed = attempt.progressed
    return sending.send(attempt.connection)
  })
  if (type === 'skipped') return { outcome: 'skipped', bytes: 0 }
  const { size, md5, name } = entry
  return { outcome: 'done', bytes: size, md5, name, ...(repeated && { repeated }) }
}

/** The same for the same file of this client on its way to the same place, and for nothing else. */
function uploadKey(client: string, local: string, remote: RemotePath): string {
  return hash('sha256', [client, realPathOf(local), formatPath(remote)].join('\0')).slice(0, 32)
}

/** The real path of the last file's directory: many files of one directory come one after the other. */
let lastFolder = { path: '', real: '' }

function realPathOf(local: string): string {
  // Itself it may be a link, but only a file that is named directly: in a tree they are not followed.
  const folder = path.dirname(path.resolve(local))
  if (folder !== lastFolder.path) lastFolder = { path: folder, real: fs.realpathSync(folder) }
  return path.join(lastFolder.real, path.basename(local))
}
