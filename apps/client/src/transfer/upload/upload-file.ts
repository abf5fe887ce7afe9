import { randomBytes } from 'node:crypto'
import { fromErrno, type IfExists, printable, type RemotePath } from '@ftp/protocol'
import type { Run } from '../../session/session.ts'
import { attemptsOf } from '../attempts.ts'
import type { TransferListener } from '../listener.ts'
import type { TransferResult } from '../result.ts'
import { FileSource, type Source, StreamSource } from './source.ts'
import { Upload } from './upload.ts'
import { uploadKey } from './upload-key.ts'

/**
 * Stores a local file, and continues what an earlier attempt has left.
 * @param client tells this client from others: 32 hex digits
 */
export async function uploadFile(
  run: Run,
  local: string,
  remote: RemotePath,
  client: string,
  ifExists: IfExists,
  listener: TransferListener,
): Promise<TransferResult> {
  try {
    using source = new FileSource(local)
    return await send(run, source, remote, uploadKey(client, local, remote), ifExists, listener)
  } catch (error) {
    throw fromErrno(error, `"${printable(local)}"`)
  }
}

/** Stores what a stream gives. @param signal its abort ends the wait for a stream that says nothing */
export async function uploadStream(
  run: Run,
  stream: AsyncIterable<Uint8Array>,
  remote: RemotePath,
  ifExists: IfExists,
  listener: TransferListener,
  signal: AbortSignal,
): Promise<TransferResult> {
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
): Promise<TransferResult> {
  const attempts = attemptsOf(run, listener)
  const sending = new Upload(remote, source, { upload, ifExists }, attempts.listener)
  const { type, entry, repeated } = await attempts.run(({ connection }) => sending.send(connection))
  if (type === 'skipped') return { outcome: 'skipped', bytes: 0 }
  const { size, md5, name } = entry
  return { outcome: 'done', bytes: size, md5, name, ...(repeated && { repeated }) }
}
