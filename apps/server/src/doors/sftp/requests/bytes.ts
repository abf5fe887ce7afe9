import { TransferError } from '@ftp/protocol'
import { MOST_DATA } from '../wire/codes.ts'
import { DataReply, statusReply } from '../wire/replies.ts'
import type { Answer } from './context.ts'
import { dispose } from './handles.ts'

/**
 * Reads all the bytes that were asked for, or all up to the end of the file: a client that gets fewer takes the file for
 * shorter than it is, or does so at least if it is scp.
 */
export const read: Answer<'read'> = async ({ handles, signal }, { handle: name, offset, length }, id) => {
  const handle = handles.get(name)
  if (handle.type === 'directory' || (handle.type === 'writing' && !handle.isReadable))
    throw new TransferError('bad_request', 'the handle is not open for reading')
  const at = requireOffset(offset)
  const size = handle.type === 'writing' ? handle.file.size : handle.file.entry.size
  const wanted = Math.max(0, Math.min(length, MOST_DATA, size - at))
  if (wanted === 0) return statusReply(id, 'endOfFile', 'the end of the file')
  const reply = new DataReply(id, wanted)
  const read =
    handle.type === 'writing'
      ? await handle.file.read(reply.bytes, at, signal)
      : await handle.file.readAt(reply.bytes, at, signal)
  return read === 0 ? statusReply(id, 'endOfFile', 'the end of the file') : reply.finish(read)
}

/** Writes bytes. They become part of the file when the client closes it. */
export const write: Answer<'write'> = async ({ handles, signal }, { handle: name, offset, data }, id) => {
  const handle = handles.get(name)
  if (handle.type !== 'writing') throw new TransferError('bad_request', 'the handle is not open for writing')
  const { file, isAppended } = handle
  const at = isAppended ? file.size : requireOffset(offset)
  if (!Number.isSafeInteger(at + data.length)) throw new TransferError('too_large', 'no file can be so large')
  await file.write(data, at, signal)
  return statusReply(id, 'ok')
}

/** Closes a handle. The answer for a file that was written means that it has its name, durably. */
export const close: Answer<'close'> = async ({ handles }, { handle: name }, id) => {
  const handle = handles.take(name)
  try {
    if (handle.type === 'writing') await handle.file.commit()
  } finally {
    await dispose(handle)
  }
  return statusReply(id, 'ok')
}

/** @throws TransferError `too_large` */
function requireOffset(offset: number | undefined): number {
  if (offset === undefined) throw new TransferError('too_large', 'no file can be so large')
  return offset
}
