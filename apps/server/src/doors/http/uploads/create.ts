import type { RemotePath } from '@ftp/protocol'
import type { Share } from '../../../share/share.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { begin, storeOptions } from '../files/put.ts'
import { appendBody, receive } from './receive.ts'
import { announceUpload, lengthOf, type UploadFields } from './upload-fields.ts'

/**
 * Answers a request that begins a resumable upload of a file: PUT or POST with `Upload-Complete`. Its body is
 * the first part of the file, or all of it.
 */
export async function createUpload(
  exchange: Exchange,
  share: Share,
  path: RemotePath,
  fields: UploadFields,
): Promise<void> {
  const { isComplete, offset } = fields
  if (offset !== undefined && offset !== 0)
    throw new Refusal(400, 'bad_request', 'an upload begins at offset 0')
  const length = lengthOf(fields, 0, exchange.body.length)
  const begun = await begin(exchange, share, path, {
    ...(await storeOptions(exchange, share, path)),
    length,
  })
  const location = `${exchange.uploads}/${begun.id}`
  await receive(
    exchange,
    begun,
    async (upload) => {
      if (fields.knowsInterim) announceUpload(exchange, location)
      await appendBody(exchange, upload, fields)
      return isComplete === true
    },
    location,
  )
}
