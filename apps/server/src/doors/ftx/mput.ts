import type { Block } from '@ftp/md5'
import { type MputRequest, TransferError, type WholePut } from '@ftp/protocol'
import * as share from '../../share/mput.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'
import { bytesOf } from './wire.ts'

/** Answers an mput with the outcome of each file, after all have ended. */
export async function mput(
  exchange: Exchange,
  on: Share,
  request: MputRequest,
  payload: Block,
): Promise<void> {
  const { files, ifExists } = request
  if (payload.length !== files.reduce((sum, { length }) => sum + length, 0))
    throw new TransferError('bad_request', 'an mput carries all bytes of its files, and nothing else')
  let end = 0
  const offers = files.map((file) => {
    const start = end
    end += file.length
    return toOffer(file, ifExists, payload.bytes.subarray(start, end))
  })
  const outcomes = await exchange.keepAlive(() => share.mput(on, offers))
  await exchange.reply({
    type: 'outcomes',
    outcomes: outcomes.map((outcome, index) => {
      if (outcome instanceof TransferError) return exchange.refusal(outcome)
      const { type, entry } = outcome
      const isRenamed = type === 'stored' && nameOf(files[index]) !== entry.name
      return { type, ...(isRenamed && { name: entry.name }) }
    }),
  })
}

/** The offer for a file whose bytes have come with the request. */
export function toOffer(
  { path, length, md5, mtime, mode, upload, source }: WholePut,
  ifExists: MputRequest['ifExists'],
  bytes: Uint8Array,
): share.WholeOffer | TransferError {
  if (path instanceof TransferError) return path
  return { path, length, md5: bytesOf(md5), mtime, mode, upload, source, ifExists, bytes }
}

/** The requested name of a file. */
function nameOf(file: WholePut | undefined): string | undefined {
  return file === undefined || file.path instanceof TransferError ? undefined : file.path.at(-1)
}
