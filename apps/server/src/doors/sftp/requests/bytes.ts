import { TransferError } from '@ftp/protocol'
import type { WritableFile } from '../../../share/new-file.ts'
import { MOST_DATA } from '../wire/codes.ts'
import { DataReply, statusReply } from '../wire/replies.ts'
import type { Answer } from './context.ts'
import { dispose, type Handle } from './handles.ts'

/**
 * Reads all the bytes that were asked for, or all up to the end of the file: a client that gets fewer takes the file for
 * shorter than it is, or does so at least if it is scp.
 */
export const read: Answer<'read'> = async ({ handles, signal }, { handle: name, offset, length }, id) => {
  const handle = handles.get(name)
  const at = requireOffset(offset)
  const wanted = Math.max(0, Math.min(length, MOST_DATA, sizeOf(handle) - at))
  const reply = new DataReply(id, wanted)
  const read = wanted === 0 ? 0 : await readInto(handle, reply.bytes, at, signal)
  return read === 0 ? statusReply(id, 'endOfFile', 'the end of the file') : reply.finish(read)
}

/**
 * Reads from an open file until the buffer is full or the file ends.
 * @returns the number of bytes read
 * @throws TransferError `bad_request` if it is not open for reading
 */
export async function readInto(
  handle: Handle,
  buffer: Buffer,
  at: number,
  signal: AbortSignal,
): Promise<number> {
  sizeOf(handle)
  switch (handle.type) {
    case 'reading':
      return await handle.file.readAt(buffer, at, signal)
    case 'writing':
      return await handle.file.read(buffer, at, signal)
    case 'directory':
      return 0
    default:
      return handle satisfies never
  }
}

/** @throws TransferError `bad_request` if it is not open for reading */
function sizeOf(handle: Handle): number {
  if (handle.type === 'directory' || (handle.type === 'writing' && !handle.isReadable))
    throw new TransferError('bad_request', 'the handle is not open for reading')
  return handle.type === 'writing' ? handle.file.size : handle.file.entry.size
}

/** Writes bytes. They become part of the file when the client closes it. */
export const write: Answer<'write'> = async ({ handles, signal }, { handle: name, offset, data }, id) => {
  const handle = handles.get(name)
  if (handle.type !== 'writing') throw new TransferError('bad_request', 'the handle is not open for writing')
  const { file } = handle
  const at = handle.isAppended ? appendAt(file, requireOffset(offset)) : requireOffset(offset)
  if (!Number.isSafeInteger(at + data.length)) throw new TransferError('too_large', 'no file can be so large')
  await file.write(data, at, signal)
  return statusReply(id, 'ok')
}

/** Closes a handle. The answer for a file that was written means that it has its name, durably. */
export const close: Answer<'close'> = async ({ handles }, { handle: name }, id) => {
  const handle = handles.take(name)
  if (handle.type !== 'writing') handles.closeSoon(handle)
  else
    try {
      await handle.file.commit()
    } finally {
      await dispose(handle)
    }
  return statusReply(id, 'ok')
}

/**
 * Where bytes go that are to be appended: to the end, whatever offset the client sends. But a client that continues an
 * upload sends what follows the size that it has seen, while an earlier connection may have written more.
 * @throws TransferError `changed`
 */
function appendAt({ size, isContinued }: WritableFile, offset: number): number {
  if (!isContinued) return size
  if (offset > size) throw new TransferError('changed', `the upload ends at ${size}; continue there`)
  return offset
}

/** @throws TransferError `too_large` */
function requireOffset(offset: number | undefined): number {
  if (offset === undefined) throw new TransferError('too_large', 'no file can be so large')
  return offset
}
