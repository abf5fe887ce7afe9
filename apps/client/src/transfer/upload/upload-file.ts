import { randomBytes, randomUUID } from 'node:crypto'
import { fromErrno, type IfExists, printable, type RemotePath } from '@ftp/protocol'
import type { Session } from '../../session/session.ts'
import { Attempts } from '../attempts.ts'
import type { TransferResult } from '../result.ts'
import type { TransferListener } from '../transfer-listener.ts'
import { FileSource, type Source, StreamSource } from './source.ts'
import { Upload } from './upload.ts'
import { uploadKey } from './upload-key.ts'

export interface UploadFileOptions {
  readonly ifExists: IfExists
  readonly listener: TransferListener
  /** Identifies the run of the client that this upload belongs to. Default: a run of its own. */
  readonly run?: string | undefined
}

/**
 * Stores a local file, continuing what an earlier attempt has left on the server.
 * @param options `client` identifies this client: 32 hex digits
 */
export async function uploadFile(
  session: Session,
  local: string,
  remote: RemotePath,
  { client, ...options }: UploadFileOptions & { readonly client: string },
): Promise<TransferResult> {
  try {
    using source = new FileSource(local)
    if (source.understatesLength) return await uploadStream(session, source.stream(), remote, options)
    return await upload(session, source, remote, { ...options, key: uploadKey(client, local, remote) })
  } catch (error) {
    throw fromErrno(error, `"${printable(local)}"`)
  }
}

/** Stores everything that a stream yields. */
export async function uploadStream(
  session: Session,
  stream: AsyncIterable<Uint8Array>,
  remote: RemotePath,
  options: UploadFileOptions,
): Promise<TransferResult> {
  using source = new StreamSource(stream, session.signal)
  return await upload(session, source, remote, { ...options, key: randomBytes(16).toString('hex') })
}

async function upload(
  session: Session,
  source: Source,
  remote: RemotePath,
  { ifExists, listener, key, run = randomUUID() }: UploadFileOptions & { readonly key: string },
): Promise<TransferResult> {
  const attempts = new Attempts(session, listener)
  const running = new Upload(remote, source, { upload: key, ifExists, run }, attempts.listener)
  const { type, entry, repeated } = await attempts.run(({ connection }) => running.send(connection))
  if (type === 'skipped') return { outcome: 'skipped', bytes: 0 }
  const { size, md5, name } = entry
  return { outcome: 'done', bytes: size, md5, name, ...(repeated && { repeated }) }
}
