import { TransferError } from '@ftp/protocol'
import { turn } from '../../../guards/turns.ts'
import { MOST_DATA } from '../wire/codes.ts'
import { BadMessage, type Fields } from '../wire/fields.ts'
import { type Reply, statusReply } from '../wire/replies.ts'
import { readInto } from './bytes.ts'
import type { Context } from './context.ts'

/**
 * Copies bytes from one open file to another on the server (draft-ietf-secsh-filexfer-extensions-00, section 7), which
 * OpenSSH's sftp uses for its command `cp`. A length of 0 means everything up to the end.
 */
export async function copyData(
  { handles, share, signal }: Context,
  fields: Fields,
  id: number,
): Promise<Reply> {
  const source = handles.get(fields.bytes())
  const [start, length] = [fields.uint64(), fields.uint64()]
  const target = handles.get(fields.bytes())
  const to = fields.uint64()
  if (start === undefined || length === undefined || to === undefined)
    throw new BadMessage('no file can be so large')
  if (target.type !== 'writing') throw new TransferError('bad_request', 'the handle is not open for writing')
  if (source === target) throw new TransferError('bad_request', 'a file cannot be copied into itself')
  const { blocks } = await share()
  const end = length === 0 ? Infinity : start + length
  const buffer = Buffer.allocUnsafe(MOST_DATA)
  for (let at = start; at < end; ) {
    const piece = buffer.subarray(0, Math.min(MOST_DATA, end - at))
    const read = await readInto(source, piece, at, signal)
    if (read === 0) break
    await target.file.write(piece.subarray(0, read), to + at - start, signal)
    at += read
    await turn(blocks.owner)
  }
  return statusReply(id, 'ok')
}
