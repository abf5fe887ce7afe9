import type { StoredBefore } from '../../../share/continuable-uploads.ts'
import { HashedUpload } from '../../../share/hashed-upload.ts'
import type { Share } from '../../../share/share.ts'
import { openUpload } from '../../../share/store.ts'
import type { Outcome } from '../../../share/upload.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { formatBytes } from '../fields/structured-fields.ts'
import { etagOf } from '../files/validators.ts'
import { appendBody, receive } from './receive.ts'
import { formatBoolean, inconsistent, lengthOf, PARTIAL, uploadFields } from './upload-fields.ts'

/** Answers PATCH for an upload: appends the body to it. */
export async function append(exchange: Exchange, share: Share, id: string): Promise<void> {
  if (exchange.header('content-type')?.split(';')[0]?.trim().toLowerCase() !== PARTIAL)
    throw new Refusal(415, 'unsupported', `a part of a file has the Content-Type ${PARTIAL}`)
  const fields = uploadFields(exchange)
  const { isComplete, offset } = fields
  if (isComplete === undefined || offset === undefined)
    throw new Refusal(400, 'bad_request', 'the fields Upload-Offset and Upload-Complete are needed')
  const opened = await openUpload(share, id, exchange.signal)
  if (!(opened instanceof HashedUpload)) return appendToFile(exchange, opened, { isComplete, offset })
  await receive(exchange, opened, async (upload) => {
    if (offset !== upload.offset) throw mismatching(upload.offset, offset)
    const length = lengthOf(fields, offset, exchange.body.length)
    if (length !== undefined) await announce(upload, length)
    await appendBody(exchange, upload, fields)
    return isComplete
  })
}

/**
 * Answers a request to append to an upload that has become a file. If the client only ends it once more, because the
 * answer was lost, it gets that answer again.
 * @throws Refusal 409
 */
function appendToFile(
  exchange: Exchange,
  file: StoredBefore | Outcome,
  { isComplete, offset }: { readonly isComplete: boolean; readonly offset: number },
): void {
  const { size, md5 } = 'entry' in file ? file.entry : file
  const version = 'version' in file ? file.version : undefined
  if (offset !== size) throw mismatching(size, offset)
  if (!isComplete || exchange.body.isAnnounced)
    throw new Refusal(409, 'exists', 'the upload has become a file already', { 'Upload-Complete': '?0' })
  exchange.respond('entry' in file || file.isReplaced ? 204 : 201, {
    ETag: version === undefined ? undefined : etagOf(version),
    'Repr-Digest': md5 === undefined ? undefined : `md5=${formatBytes(Buffer.from(md5, 'hex'))}`,
    'Upload-Complete': formatBoolean(true),
    'Upload-Offset': size,
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
