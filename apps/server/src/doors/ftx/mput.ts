import type { Block } from '@ftp/md5'
import { type MputRequest, parsePath, TransferError, type WholePut } from '@ftp/protocol'
import * as share from '../../share/mput.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'
import { bytesOf } from './wire.ts'

/** Answers an mput: how each of its files ended, when all have. */
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
      const isRenamed = type === 'stored' && files[index]?.path.split('/').at(-1) !== entry.name
      return { type, ...(isRenamed && { name: entry.name }) }
    }),
  })
}

/** What is to be stored: its bytes are at hand. */
export function toOffer(
  { path, length, md5, mtime, mode, upload, source }: WholePut,
  ifExists: MputRequest['ifExists'],
  bytes: Uint8Array,
): share.WholeOffer | TransferError {
  try {
    return { path: parsePath(path), length, md5: bytesOf(md5), mtime, mode, upload, source, ifExists, bytes }
  } catch (error) {
    return TransferError.from(error)
  }
}
