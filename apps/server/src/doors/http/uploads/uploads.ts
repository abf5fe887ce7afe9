import { TransferError } from '@ftp/protocol'
import { HashedUpload } from '../../../share/hashed-upload.ts'
import type { Share } from '../../../share/share.ts'
import { describe, discard, openUpload, recordedChain } from '../../../share/store.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal, requireMethod } from '../connection/problem.ts'
import { appendBody, receive } from './receive.ts'
import { formatBoolean, inconsistent, lengthOf, NO_LIMIT, uploadFields } from './upload-fields.ts'

const METHODS = ['HEAD', 'GET', 'PATCH', 'DELETE', 'OPTIONS'] as const
const PARTIAL = 'application/partial-upload'

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
      'Upload-Limit': NO_LIMIT,
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
    return respondState(exchange, { isComplete: true, offset: size, length: size })
  }
  await using upload = opened
  respondState(exchange, { isComplete: false, offset: upload.offset, length: upload.length })
}

interface UploadState {
  readonly isComplete: boolean
  readonly offset: number
  readonly length: number | undefined
}

function respondState(exchange: Exchange, { isComplete, offset, length }: UploadState): void {
  exchange.respond(204, {
    'Upload-Complete': formatBoolean(isComplete),
    'Upload-Offset': offset,
    'Upload-Length': length,
    'Upload-Limit': NO_LIMIT,
  })
}

/** Appends the body to the upload. */
async function append(exchange: Exchange, share: Share, id: string): Promise<void> {
  if (exchange.header('content-type')?.split(';')[0]?.trim().toLowerCase() !== PARTIAL)
    throw new Refusal(415, 'unsupported', `a part of a file has the Content-Type ${PARTIAL}`)
  const fields = uploadFields(exchange)
  const { isComplete, offset } = fields
  if (isComplete === undefined || offset === undefined)
    throw new Refusal(400, 'bad_request', 'the fields Upload-Offset and Upload-Complete are needed')
  const opened = await openUpload(share, id, exchange.signal)
  if (!(opened instanceof HashedUpload))
    throw new Refusal(
      409,
      'exists',
      'the upload has become a file already',
      { 'Upload-Complete': '?1' },
      { type: 'https://iana.org/assignments/http-problem-types#completed-upload' },
    )
  await receive(exchange, opened, async (upload) => {
    if (offset !== upload.offset) throw mismatching(upload.offset, offset)
    const length = lengthOf(fields, offset, exchange.body.length)
    if (length !== undefined) await announce(upload, length)
    await appendBody(exchange, upload)
    return isComplete
  })
}

/** @throws Refusal 400 if another size has been announced for the file */
async function announce(upload: HashedUpload, length: number): Promise<void> {
  const known = upload.length
  if (known !== undefined && known !== length) throw inconsistent(known, length)
  if (length < upload.offset) throw inconsistent(upload.offset, length)
  await upload.announce(length)
}

function mismatching(expected: number, provided: number): Refusal {
  return new Refusal(
    409,
    'changed',
    `the upload continues at ${expected}, not at ${provided}`,
    { 'Upload-Offset': String(expected), 'Upload-Complete': '?0' },
    {
      type: 'https://iana.org/assignments/http-problem-types#mismatching-upload-offset',
      'expected-offset': expected,
      'provided-offset': provided,
    },
  )
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

/** Removes the bytes that have been sent. The file of that name, if there is one, stays. */
async function cancel(exchange: Exchange, share: Share, id: string): Promise<void> {
  if (!('isRunning' in describe(share, id)))
    throw new TransferError('exists', 'the upload has become a file already, which stays')
  await discard(share, id, exchange.signal)
  exchange.respond(204)
}
