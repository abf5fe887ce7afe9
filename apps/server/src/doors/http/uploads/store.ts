import type { RemotePath } from '@ftp/protocol'
import type { Share } from '../../../share/share.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { put } from '../files/put.ts'
import { createUpload } from './create.ts'
import { uploadFields } from './upload-fields.ts'

/**
 * Answers PUT and POST for a file. PUT stores the body. POST begins a resumable upload, as does PUT with the field
 * Upload-Complete.
 * @param onUse called before the first byte is stored
 */
export async function store(
  exchange: Exchange,
  share: Share,
  path: RemotePath,
  onUse: () => Promise<void> = async () => {},
): Promise<void> {
  const fields = uploadFields(exchange)
  if (fields.isComplete === undefined && exchange.method !== 'PUT')
    throw new Refusal(
      400,
      'bad_request',
      'POST begins a resumable upload, and needs the field Upload-Complete',
    )
  await onUse()
  if (fields.isComplete === undefined) await put(exchange, share, path)
  else await createUpload(exchange, share, path, fields)
}
