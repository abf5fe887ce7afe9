import { TransferError } from '@ftp/protocol'
import type { HashedUpload } from '../../../share/hashed-upload.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { commit, respondStored } from '../files/put.ts'
import { claimedChain } from './claimed-chain.ts'
import { formatBoolean, inconsistent, NO_LIMIT } from './upload-fields.ts'

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
    'Upload-Limit': NO_LIMIT,
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
  respondStored(exchange, await commit(exchange, upload))
  return undefined
}

/**
 * Appends the body of a request. If it makes the file longer than announced, nobody can tell what the file
 * should be, so the upload is removed (draft-ietf-httpbis-resumable-upload, section 4.4.2). Blocks that do not
 * match the client's chain are cut off.
 * @throws Refusal, TransferError
 */
export async function appendBody(exchange: Exchange, upload: HashedUpload): Promise<void> {
  const chain = claimedChain(exchange)
  try {
    await upload.append(exchange.body.bytes(), { signal: exchange.signal, chain })
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
