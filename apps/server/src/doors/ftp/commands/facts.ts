import { formatPath, type RemotePath } from '@ftp/protocol'
import { ownStat } from '../../../share/own-view.ts'
import { find } from '../../../share/put.ts'
import { quotaInfo, requireCounted } from '../../../share/quota.ts'
import { openFile } from '../../../share/read-range.ts'
import { setstat } from '../../../share/setstat.ts'
import { stat } from '../../../share/stat.ts'
import type { Session } from '../session/session.ts'
import { formatTime, parseTime } from '../wire/entry-lines.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { Commands } from './command-spec.ts'

/** Facts about single files, and their change. */
export const facts: Commands = {
  SIZE: { run: size, takes: 'a file', keeps: true },
  MDTM: { run: mdtm, takes: 'a path', keeps: true },
  MFMT: { run: mfmt },
  HASH: { run: hash, takes: 'a file' },
  XMD5: { run: xmd5, takes: 'a file' },
  AVBL: { run: avbl },
}

/** The size of a file; or how much there is of an unfinished upload of this account, if nothing has the path. */
async function size(session: Session, argument: string): Promise<Reply> {
  const share = await session.share()
  const path = session.resolve(argument)
  const { type, size: bytes } = await ownStat(share, path)
  if (session.isText) throw new Refusal(550, 'the size of a text on the wire is not known; use TYPE I')
  if (type !== 'file') throw new Refusal(550, `"${formatPath(path)}" is not a file`)
  session.reportedSize = find(share, path) === undefined ? { path, size: bytes } : undefined
  return { code: 213, text: String(bytes) }
}

/** MDTM tells a time; with a time before the path, as some clients write it, it sets it like MFMT. */
async function mdtm(session: Session, argument: string): Promise<Reply> {
  const share = await session.share()
  const [time, name] = splitTime(argument)
  if (time !== undefined && find(share, session.resolve(argument)) === undefined)
    return await setTime(session, time, name)
  const { entry } = await stat(share, session.resolve(argument))
  return { code: 213, text: formatTime(entry.mtime) }
}

async function mfmt(session: Session, argument: string): Promise<Reply> {
  const [time, name] = splitTime(argument)
  if (time === undefined) throw new Refusal(501, 'MFMT takes YYYYMMDDhhmmss and a path')
  return await setTime(session, time, name)
}

function splitTime(argument: string): [time: number | undefined, name: string] {
  const space = argument.indexOf(' ')
  return [parseTime(argument.slice(0, Math.max(0, space))), argument.slice(space + 1)]
}

async function setTime(session: Session, mtime: number, name: string): Promise<Reply> {
  const path = session.resolve(name)
  await setstat(await session.share(), path, { mtime })
  return { code: 213, text: `Modify=${formatTime(mtime)}; /${formatPath(path)}` }
}

async function hash(session: Session, argument: string): Promise<Reply> {
  const path = session.resolve(argument)
  const { md5, size: bytes } = await digestOf(session, path)
  return { code: 213, text: `MD5 0-${bytes} ${md5} ${argument}` }
}

async function xmd5(session: Session, argument: string): Promise<Reply> {
  const [, quoted, plain = ''] = /^"([^"]*)"$|^(.*)$/s.exec(argument) ?? []
  const { md5 } = await digestOf(session, session.resolve(quoted ?? plain))
  return { code: 250, text: md5 }
}

/** The digest of a whole file. If it is not known, the file is read. */
async function digestOf(session: Session, path: RemotePath): Promise<{ md5: string; size: number }> {
  await using file = await openFile(await session.share(), path)
  using running = session.beginTransfer()
  const md5 = Buffer.from(await file.computeMd5(running.signal)).toString('hex')
  return { md5, size: file.entry.size }
}

/** How many bytes the quota leaves. */
async function avbl(session: Session): Promise<Reply> {
  const share = await session.share()
  await requireCounted(share)
  const bytes = quotaInfo(share)?.bytes
  if (bytes === undefined) throw new Refusal(550, 'your account has no quota for bytes')
  return { code: 213, text: String(Math.max(0, bytes.limit - bytes.used)) }
}
