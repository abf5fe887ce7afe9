import { formatPath, parentPath, TransferError } from '@ftp/protocol'
import { describe, discard, recordedChain } from '../../../share/continuable-uploads.ts'
import { HashedUpload } from '../../../share/hashed-upload.ts'
import type { Share } from '../../../share/share.ts'
import { openUpload } from '../../../share/store.ts'
import type { Exchange } from '../connection/exchange.ts'
import { requireMethod } from '../connection/problem.ts'
import { append } from './append.ts'
import { formatBoolean, limitOf, NO_LIMIT, PARTIAL } from './upload-fields.ts'

const METHODS = ['HEAD', 'GET', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * Answers a request for an unfinished upload. Only the account or the guest who has begun it finds it.
 * @param enter logs its sender in
 */
export async function serveUpload(
  exchange: Exchange,
  enter: () => Promise<Share>,
  id: string,
): Promise<void> {
  const method = requireMethod(exchange.method, METHODS)
  if (method === 'OPTIONS')
    return exchange.respond(204, {
      Allow: METHODS.join(', '),
      'Accept-Patch': PARTIAL,
      'Upload-Limit': limitOf(exchange),
    })
  const share = await enter()
  switch (method) {
    case 'HEAD':
    case 'GET':
      return await tellOffset(exchange, share, id)
    case 'PATCH':
      return await append(exchange, share, id)
    case 'DELETE':
      return await cancel(exchange, share, id)
    default:
      method satisfies never
  }
}

/**
 * Answers with the offset at which the file continues. Bytes of earlier attempts have been proven by then, and a connection
 * that still wrote to the upload has been stopped, so the client can rely on it.
 */
async function tellOffset(exchange: Exchange, share: Share, id: string): Promise<void> {
  const opened = await openUpload(share, id, exchange.signal)
  if (!(opened instanceof HashedUpload)) {
    const size = 'size' in opened ? opened.size : opened.entry.size
    return respondState(exchange, { isComplete: true, offset: size, length: size, limit: NO_LIMIT })
  }
  await using upload = opened
  const { offset, length } = upload
  const kept = share.storage.partial(parentPath(upload.path), upload.id)
  respondState(exchange, { isComplete: false, offset, length, limit: limitOf(exchange, kept?.mtime) })
}

interface UploadState {
  readonly isComplete: boolean
  readonly offset: number
  readonly length: number | undefined
  readonly limit: string
}

function respondState(exchange: Exchange, { isComplete, offset, length, limit }: UploadState): void {
  exchange.respond(204, {
    'Upload-Complete': formatBoolean(isComplete),
    'Upload-Offset': offset,
    'Upload-Length': length,
    'Upload-Limit': limit,
  })
}

/**
 * Answers with the chain of an unfinished upload, 16 bytes for each whole block: with it, a page can prove
 * that a file that the user has chosen again is the one with which the upload began.
 * @param enter logs its sender in
 */
export async function serveUploadChain(
  exchange: Exchange,
  enter: () => Promise<Share>,
  id: string,
): Promise<void> {
  requireMethod(exchange.method, ['GET', 'HEAD'])
  const chain = recordedChain(await enter(), id)
  exchange.respond(200, { 'Content-Type': 'application/octet-stream' }, chain)
}

/**
 * Tells a guest about an upload that the guest has begun. It disturbs nobody who is sending the upload, and proves nothing.
 * @param enter logs its sender in
 */
export async function serveUploadDescription(
  exchange: Exchange,
  enter: () => Promise<Share>,
  id: string,
): Promise<void> {
  requireMethod(exchange.method, ['GET', 'HEAD'])
  const found = describe(await enter(), id)
  if (!('isRunning' in found)) throw new TransferError('not_found', 'the upload has become a file already')
  const { path, size, length, began, isRunning } = found
  exchange.respondJson(200, {
    path: formatPath(path),
    size,
    ...(length !== undefined && { length }),
    began,
    ...(isRunning && { running: true }),
  })
}

/** Removes the bytes that have been sent. The file of that name, if there is one, stays. */
async function cancel(exchange: Exchange, share: Share, id: string): Promise<void> {
  if (!('isRunning' in describe(share, id)))
    throw new TransferError('exists', 'the upload has become a file already, which stays')
  await discard(share, id, exchange.signal)
  exchange.respond(204)
}
