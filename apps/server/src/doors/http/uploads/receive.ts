import { type ErrorCode, TransferError } from '@ftp/protocol'
import type { HashedUpload } from '../../../share/hashed-upload.ts'
import type { Exchange } from '../connection/exchange.ts'
import { problemOf, Refusal } from '../connection/problem.ts'
import { commit, respondStored } from '../files/put.ts'
import { claimedChain } from './claimed-chain.ts'
import { announceOffset, formatBoolean, inconsistent, limitOf, type UploadFields } from './upload-fields.ts'

/**
 * Receives part of an upload, and answers. The bytes are recorded before the client is told that they have
 * arrived.
 * @param begun is taken over and closed
 * @param take receives the part. @returns whether it was the last one, so that the upload becomes the file
 * @param location the URL of the upload, if it is new
 */
export async function receive(
  exchange: Exchange,
  begun: HashedUpload,
  take: (upload: HashedUpload) => Promise<boolean>,
  location?: string,
): Promise<void> {
  const offset = await received(exchange, begun, take)
  if (offset === undefined) return
  exchange.respond(location === undefined ? 204 : 201, {
    Location: location,
    'Upload-Complete': formatBoolean(false),
    'Upload-Offset': offset,
    'Upload-Limit': limitOf(exchange),
  })
}

/** @returns where the upload continues; undefined if it has become the file and the client has been told */
async function received(
  exchange: Exchange,
  begun: HashedUpload,
  take: (upload: HashedUpload) => Promise<boolean>,
): Promise<number | undefined> {
  await using upload = begun
  if (!(await take(upload))) return upload.offset
  const { length, offset } = upload
  if (length !== undefined && length !== offset) throw inconsistent(length, offset)
  try {
    respondStored(exchange, await commit(exchange, upload))
  } catch (error) {
    throw asResult(error)
  }
  return undefined
}

/**
 * Refusals of the file itself. They answer the request that began the upload (draft, section 4.4.2), and sending the bytes
 * again would not help; after any other failure, the client may try again.
 */
const RESULTS: ReadonlySet<ErrorCode> = new Set([
  ...(['changed', 'checksum', 'exists', 'forbidden', 'is_directory', 'name'] as const),
  ...(['not_directory', 'not_file', 'not_found'] as const),
])

function asResult(error: unknown): unknown {
  const isKnown = error instanceof Refusal || error instanceof TransferError
  if (!isKnown) return error
  const { status, code, detail, members } = error instanceof Refusal ? error.problem : problemOf(error)
  if (!RESULTS.has(code)) return error
  return new Refusal(status, code, detail, { 'Upload-Complete': formatBoolean(true) }, members)
}

/**
 * Appends the body of a request. If it makes the file longer than announced, nobody can tell what the file
 * should be, so the upload is removed (draft-ietf-httpbis-resumable-upload, section 4.4.2). Blocks that do not
 * match the client's chain are cut off.
 * @throws Refusal, TransferError
 */
export async function appendBody(
  exchange: Exchange,
  upload: HashedUpload,
  { knowsInterim }: Pick<UploadFields, 'knowsInterim'>,
): Promise<void> {
  const chain = claimedChain(exchange)
  try {
    await upload.append(exchange.body.bytes(), {
      signal: exchange.signal,
      chain,
      ...(knowsInterim && { onRecorded: (offset) => announceOffset(exchange, offset) }),
    })
  } catch (error) {
    if (!(error instanceof TransferError)) throw error
    const { code, message } = error
    const isComplete = { 'Upload-Complete': formatBoolean(false) }
    if (code === 'checksum')
      throw new Refusal(422, code, message, { ...isComplete, 'Upload-Offset': String(upload.offset) })
    if (code !== 'bad_request') throw error
    upload.abandon()
    throw new Refusal(400, code, message, isComplete)
  }
}
