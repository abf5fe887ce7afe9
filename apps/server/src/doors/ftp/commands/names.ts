import { formatPath, parentPath, type RemotePath, TransferError } from '@ftp/protocol'
import { mkdir } from '../../../share/mkdir.ts'
import { move } from '../../../share/move.ts'
import { remove } from '../../../share/remove.ts'
import { stat } from '../../../share/stat.ts'
import type { Session } from '../session/session.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { Commands } from './command-spec.ts'

/** Folders and names. */
export const names: Commands = {
  CWD: { run: cwd, takes: 'a folder' },
  CDUP: { run: async (session) => enter(session, parentPath(session.directory)) },
  XCUP: { run: async (session) => enter(session, parentPath(session.directory)) },
  PWD: { run: async ({ directory }) => ({ code: 257, text: `${quoted(directory)} is the current folder` }) },
  MKD: { run: mkd, takes: 'a folder' },
  RMD: { run: rmd, takes: 'a folder' },
  DELE: { run: dele, takes: 'a file' },
  RNFR: { run: rnfr, takes: 'a path' },
  RNTO: { run: rnto, takes: 'a path' },
}

async function cwd(session: Session, argument: string): Promise<Reply> {
  return await enter(session, session.resolve(argument))
}

async function enter(session: Session, path: RemotePath): Promise<Reply> {
  const { entry } = await stat(await session.share(), path)
  if (entry.type !== 'directory') throw new Refusal(550, `"${formatPath(path)}" is not a folder`)
  session.directory = path
  return { code: 250, text: `${quoted(path)} is the current folder` }
}

async function mkd(session: Session, argument: string): Promise<Reply> {
  const path = session.resolve(argument)
  try {
    await mkdir(await session.share(), path, false)
  } catch (error) {
    const { code, message } = TransferError.from(error)
    // RFC 959 has no other code for it.
    if (code === 'exists') throw new Refusal(550, message)
    throw error
  }
  return { code: 257, text: `${quoted(path)} has been made` }
}

async function rmd(session: Session, argument: string): Promise<Reply> {
  await removeOf(session, argument, 'directory')
  return { code: 250, text: 'the folder has been removed' }
}

async function dele(session: Session, argument: string): Promise<Reply> {
  await removeOf(session, argument, 'file')
  return { code: 250, text: 'the file has been removed' }
}

async function removeOf(session: Session, argument: string, wanted: 'file' | 'directory'): Promise<void> {
  const share = await session.share()
  const path = session.resolve(argument)
  if (path.length === 0) throw new Refusal(550, 'your home cannot be removed')
  const { entry } = await stat(share, path)
  if ((entry.type === 'directory') !== (wanted === 'directory'))
    throw new Refusal(
      550,
      `"${formatPath(path)}" is ${wanted === 'file' ? 'a folder; use RMD' : 'no folder'}`,
    )
  await remove(share, path, false)
}

async function rnfr(session: Session, argument: string): Promise<Reply> {
  const path = session.resolve(argument)
  if (path.length === 0) throw new Refusal(550, 'your home cannot be renamed')
  await stat(await session.share(), path)
  session.renameFrom = path
  return { code: 350, text: 'send the new name with RNTO' }
}

async function rnto(session: Session, argument: string): Promise<Reply> {
  const { renameFrom } = session
  if (renameFrom === undefined) throw new Refusal(503, 'send RNFR first')
  await move(await session.share(), renameFrom, session.resolve(argument), 'replace')
  return { code: 250, text: 'renamed' }
}

/** A path as RFC 959 writes it, with its quotes doubled. */
function quoted(path: RemotePath): string {
  return `"/${formatPath(path).replaceAll('"', '""')}"`
}
