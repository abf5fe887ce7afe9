import { TransferError } from '@ftp/protocol'
import { openForWriting } from '../../../share/open-for-writing.ts'
import { openFile } from '../../../share/read-range.ts'
import type { UpdateOptions } from '../../../share/update.ts'
import { OPEN } from '../wire/codes.ts'
import { handleReply } from '../wire/replies.ts'
import type { Answer } from './context.ts'
import type { Handle } from './handles.ts'
import { toNewPath, toPath } from './paths.ts'

const KNOWN = OPEN.read | OPEN.write | OPEN.append | OPEN.create | OPEN.truncate | OPEN.exclusive

/** Opens a file. Bytes that are written to it become the file when it is closed. */
export const open: Answer<'open'> = async ({ share, handles, signal }, request, id) => {
  const { path, flags, attributes } = request
  const how = howOf(flags)
  await handles.requireRoom()
  const now = await share()
  if (how === 'read') {
    const source = toPath(path)
    return handleReply(
      id,
      await handles.add({ type: 'reading', file: await openFile(now, source), path: source }),
    )
  }
  const { isReadable, isAppended, ...options } = how
  const target = options.creation === 'refused' ? toPath(path) : toNewPath(path)
  const own = new Set(handles.files.flatMap(({ id }) => id ?? []))
  const file = await openForWriting(now, target, { ...options, mode: attributes.mode, open: own, signal })
  const handle: Handle = { type: 'writing', file, isReadable, isAppended }
  return handleReply(id, await handles.add(handle))
}

/** How a file is to be opened for writing. */
interface Writing extends Pick<UpdateOptions, 'creation' | 'isEmptied'> {
  readonly isReadable: boolean
  readonly isAppended: boolean
}

/** @throws TransferError `bad_request` if the flags have no meaning together, or an unknown one */
export function howOf(flags: number): 'read' | Writing {
  const has = (flag: number): boolean => (flags & flag) !== 0
  if ((flags & ~KNOWN) !== 0) throw new TransferError('bad_request', 'an unknown flag for opening a file')
  if (!has(OPEN.write)) {
    if (flags === OPEN.read) return 'read'
    throw new TransferError('bad_request', 'a file is opened for reading, for writing, or for both')
  }
  const creation = !has(OPEN.create) ? 'refused' : has(OPEN.exclusive) ? 'required' : 'allowed'
  return {
    creation,
    isEmptied: has(OPEN.truncate),
    isReadable: has(OPEN.read),
    isAppended: has(OPEN.append),
  }
}
