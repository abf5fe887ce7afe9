import { type Entry, formatPath, parentPath, type RemotePath } from '@ftp/protocol'
import { turn } from '../../../guards/turns.ts'
import { list } from '../../../share/list.ts'
import { Omissions } from '../../../share/omissions.ts'
import { requirePermission, type Share } from '../../../share/share.ts'
import { stat } from '../../../share/stat.ts'
import { small } from '../../sending/payload.ts'
import { transfer } from '../data/transfer.ts'
import type { Session } from '../session/session.ts'
import { FACTS, factLine, listLine } from '../wire/entry-lines.ts'
import { isPattern, matcherOf } from '../wire/pattern.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { Commands } from './command-spec.ts'
import { status } from './status.ts'

/** The number of entries that STAT describes at most: they are sent on the control connection. */
const MOST_IN_STATUS = 1_000

/** Listings of folders. */
export const listings: Commands = {
  LIST: {
    run: (session, argument) => send(session, withoutOptions(argument), (entry) => listLine(entry)),
    usesData: true,
  },
  NLST: {
    run: (session, argument) => send(session, withoutOptions(argument), ({ name }) => name),
    usesData: true,
  },
  MLSD: { run: mlsd, usesData: true },
  MLST: { run: mlst },
  STAT: { run: describeInReply },
}

/** What a listing shows. */
interface Listed {
  readonly share: Share
  readonly entries: AsyncIterable<readonly Entry[]>
}

async function send(session: Session, argument: string, format: (entry: Entry) => string): Promise<Reply> {
  return await sendLines(session, await listed(session, argument), format)
}

async function mlsd(session: Session, argument: string): Promise<Reply> {
  const share = await session.share()
  const path = session.resolve(argument)
  const { entry } = await stat(share, path)
  if (entry.type !== 'directory') throw new Refusal(501, `"${formatPath(path)}" is not a folder`)
  const { permissions } = share.account
  const found = { share, entries: list(share, path, false, new Omissions()) }
  return await sendLines(session, found, (each) => factLine(each, each.name, permissions))
}

async function sendLines(
  session: Session,
  { share, entries }: Listed,
  format: (entry: Entry) => string,
): Promise<Reply> {
  let count = 0
  await transfer(session, 'out', { code: 150, text: 'sending the listing' }, async ({ channel, signal }) => {
    for await (const batch of entries) {
      // Otherwise, a large folder would keep this thread until its end.
      await turn(share.blocks.owner)
      signal.throwIfAborted()
      count += batch.length
      const lines = batch.map((entry) => `${format(entry)}\r\n`)
      if (lines.length > 0) await channel.send(small(Buffer.from(lines.join(''))))
    }
  })
  return { code: 226, text: `${count} entries` }
}

/** The entries of a folder, those in it that match the pattern at the end of a path, or one file. */
async function listed(session: Session, argument: string): Promise<Listed> {
  const share = await session.share()
  requirePermission(share, 'list')
  const path = session.resolve(argument)
  const last = path.at(-1)
  if (last !== undefined && isPattern(last))
    return { share, entries: matching(share, parentPath(path), last) }
  const { entry } = await stat(share, path)
  if (entry.type === 'directory') return { share, entries: list(share, path, false, new Omissions()) }
  return { share, entries: only({ ...entry, name: argument }) }
}

async function* only(entry: Entry): AsyncGenerator<readonly Entry[]> {
  yield [entry]
}

async function* matching(
  share: Share,
  directory: RemotePath,
  pattern: string,
): AsyncGenerator<readonly Entry[]> {
  const isWanted = matcherOf(pattern)
  for await (const batch of list(share, directory, false, new Omissions()))
    yield batch.filter(({ name }) => isWanted(name))
}

/** Options of `ls`, such as `-la`, say how to list, and this is always the same; whole trees are not listed. */
function withoutOptions(argument: string): string {
  const [, options = '', rest = ''] = /^((?:-[A-Za-z0-9]*(?: +|$))*)(.*)$/s.exec(argument) ?? []
  if (options.includes('R')) throw new Refusal(504, 'trees are not listed; list each folder')
  return rest
}

async function mlst(session: Session, argument: string): Promise<Reply> {
  const share = await session.share()
  const path = session.resolve(argument)
  const { entry } = await stat(share, path)
  const line = factLine(entry, `/${formatPath(path)}`, share.account.permissions)
  return { code: 250, text: [`facts: ${FACTS.join(', ')}`, line, 'end'] }
}

/** STAT: describes the session or, with a path, entries as LIST does, in the reply itself. */
async function describeInReply(session: Session, argument: string): Promise<Reply> {
  if (argument === '') return status(session)
  const { entries } = await listed(session, withoutOptions(argument))
  const lines: string[] = []
  for await (const batch of entries) {
    lines.push(...batch.map((entry) => listLine(entry)))
    if (lines.length > MOST_IN_STATUS) throw new Refusal(550, 'there are too many entries; use MLSD or LIST')
  }
  return { code: 213, text: ['status follows', ...lines, 'end'] }
}
