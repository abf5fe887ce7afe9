import { printable, TransferError } from '@ftp/protocol'
import type { STATUS } from '../wire/codes.ts'
import { BadMessage } from '../wire/fields.ts'
import { type Reply, statusReply } from '../wire/replies.ts'
import type { NumberedRequest, Request } from '../wire/requests.ts'
import { fsetstat, fstat, setstat, stat } from './attributes.ts'
import { close, read, write } from './bytes.ts'
import type { Context } from './context.ts'
import { extended } from './extended.ts'
import { mkdir, opendir, readdir, realpath, remove, rename } from './names.ts'
import { open } from './open.ts'

/**
 * Answers a request, whatever becomes of it.
 * @param onFault called with a failure that is the server's own fault
 */
export async function answer(
  context: Context,
  { id, request }: NumberedRequest,
  onFault: (error: TransferError) => void,
): Promise<Reply> {
  try {
    if (request instanceof BadMessage) throw request
    return await answerTo(context, request, id)
  } catch (error) {
    if (error instanceof BadMessage) return statusReply(id, 'badMessage', error.message)
    const failure = TransferError.from(error)
    if (failure.code === 'internal') onFault(failure)
    return statusReply(id, statusOf(failure), printable(failure.message))
  }
}

async function answerTo(context: Context, request: Request, id: number): Promise<Reply> {
  switch (request.type) {
    case 'open':
      return await open(context, request, id)
    case 'close':
      return await close(context, request, id)
    case 'read':
      return await read(context, request, id)
    case 'write':
      return await write(context, request, id)
    case 'stat':
    case 'lstat':
      return await stat(context, request, id)
    case 'fstat':
      return await fstat(context, request, id)
    case 'setstat':
      return await setstat(context, request, id)
    case 'fsetstat':
      return await fsetstat(context, request, id)
    case 'opendir':
      return await opendir(context, request, id)
    case 'readdir':
      return await readdir(context, request, id)
    case 'remove':
    case 'rmdir':
      return await remove(context, request, id)
    case 'mkdir':
      return await mkdir(context, request, id)
    case 'rename':
      return await rename(context, request, id)
    case 'realpath':
      return await realpath(context, request, id)
    case 'extended':
      return await extended(context, request, id)
    case 'readlink':
    case 'symlink':
      return statusReply(id, 'unsupported', 'this server neither makes nor follows links')
    case 'unknown':
      return statusReply(id, 'unsupported', 'this server does not know that request')
    default:
      return request satisfies never
  }
}

function statusOf({ code }: TransferError): keyof typeof STATUS {
  switch (code) {
    case 'not_found':
    case 'not_directory':
      return 'noSuchFile'
    case 'forbidden':
    case 'login':
      return 'permissionDenied'
    case 'unsupported':
      return 'unsupported'
    default:
      return 'failure'
  }
}
