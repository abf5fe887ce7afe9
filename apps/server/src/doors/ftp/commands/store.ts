import { randomBytes } from 'node:crypto'
import { formatPath, joinPath, type RemotePath, siblingPath, TransferError } from '@ftp/protocol'
import { discardEarlier } from '../../../share/continuable-uploads.ts'
import { HashedUpload } from '../../../share/hashed-upload.ts'
import { find } from '../../../share/put.ts'
import { beginUpload } from '../../../share/store.ts'
import { openForUpdate } from '../../../share/update.ts'
import { UpdatedFile } from '../../../share/updated-file.ts'
import { transfer } from '../data/transfer.ts'
import type { Session } from '../session/session.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import { fromWire } from '../wire/text.ts'
import { requireImage } from './settings.ts'

/** STOR: stores a file. After REST, it continues an unfinished upload of this account. */
export async function store(session: Session, argument: string): Promise<Reply> {
  const path = requireName(session, argument)
  const { restart } = session
  requireImage(session, restart)
  if (restart > 0) return await receive(session, await continued(session, path, restart), 'receiving')
  return await receive(session, await begun(session, path, 'replace'), 'receiving')
}

/** STOU: stores a file under a name that nothing else has, and tells it. */
export async function storeUnique(session: Session, argument: string): Promise<Reply> {
  const path = argument === '' ? joinPath(session.directory, 'upload') : requireName(session, argument)
  const [, stem = '', extension = ''] = /^(.+?)(\.[^.]*)?$/.exec(path.at(-1) ?? '') ?? []
  const unique = siblingPath(path, `${stem}.${randomBytes(8).toString('hex')}${extension}`)
  return await receive(session, await begun(session, unique, 'fail'), `FILE: ${unique.at(-1)}`)
}

/**
 * APPE: adds to the end of a file; everybody else sees the old one until all bytes have come. If nothing has this path,
 * but SIZE has told this client how much there is of its unfinished upload, that is continued.
 */
export async function append(session: Session, argument: string): Promise<Reply> {
  const path = requireName(session, argument)
  const { reportedSize: reported } = session
  if (reported !== undefined && formatPath(reported.path) === formatPath(path) && reported.size > 0)
    return await receive(session, await continued(session, path, reported.size), 'receiving')
  const share = await session.share()
  const exists = find(share, path) !== undefined
  const file = await openForUpdate(share, path, { creation: 'allowed', isEmptied: !exists })
  return await receive(session, file, 'receiving')
}

/** @throws Refusal 553 */
function requireName(session: Session, argument: string): RemotePath {
  const path = session.resolve(argument)
  if (path.length === 0) throw new Refusal(553, 'name the file')
  return path
}

/** @throws TransferError */
async function begun(
  session: Session,
  path: RemotePath,
  ifExists: 'replace' | 'fail',
): Promise<HashedUpload> {
  const upload = await beginUpload(await session.share(), path, { ifExists })
  if (upload instanceof HashedUpload) return upload
  throw new TransferError('exists', `"${formatPath(path)}" already exists`)
}

/**
 * Continues the unfinished upload of this account to a path, from an offset that its proven bytes reach. A file that has
 * the path is complete, and nothing is joined to it.
 * @throws Refusal 554
 */
async function continued(session: Session, path: RemotePath, offset: number): Promise<UpdatedFile> {
  const share = await session.share()
  if (find(share, path) !== undefined)
    throw new Refusal(554, `"${formatPath(path)}" is complete; to replace it, upload it without REST`)
  const file = await openForUpdate(share, path, { creation: 'allowed', isEmptied: false })
  await using opened = new AsyncDisposableStack()
  opened.use(file)
  const { size } = file
  if (size < offset) {
    if (size === 0) file.abandon()
    throw new Refusal(554, `only ${size} bytes of "${formatPath(path)}" have arrived and are proven`)
  }
  if (size > offset) await file.truncate(offset, AbortSignal.timeout(session.guards.timeouts.stall))
  opened.move()
  return file
}

/**
 * Receives bytes, and gives the file its name when all have come. If they break off, what has come is kept for a later
 * attempt.
 * @param begun is taken over and closed
 */
async function receive(session: Session, begun: HashedUpload, text: string): Promise<Reply> {
  await using upload = begun
  const start = begun instanceof UpdatedFile ? begun.size : begun.offset
  const { announced, isText } = session
  const share = await session.share()
  try {
    const { entry } = await transfer(session, 'in', { code: 150, text }, async ({ channel, signal }) => {
      const bytes = channel.bytes()
      await upload.append(isText ? fromWire(bytes) : bytes, { signal })
      if (!isText) requireAnnounced(announced, { start, end: upload.offset })
      return (await upload.commit()).outcome
    })
    session.reportedSize = undefined
    return { code: 226, text: `stored ${entry.size} bytes, MD5 ${entry.md5 ?? 'unknown'}` }
  } catch (error) {
    // Where a text was cut off in the client's file is not known.
    if (upload.offset === 0 || isText) upload.abandon()
    throw error
  } finally {
    if (upload.offset > 0) await discardEarlier(share, upload.path, upload.id)
  }
}

/**
 * Without encryption, a client that is interrupted may end its data connection as if all had come. The size that it has
 * announced, of the file or of the rest, tells the difference.
 * @throws TransferError `lost`
 */
function requireAnnounced(
  announced: number | undefined,
  { start, end }: { start: number; end: number },
): void {
  if (announced === undefined || announced === end || announced === end - start) return
  throw new TransferError('lost', `${end} bytes have come, but ALLO announced ${announced}`)
}
