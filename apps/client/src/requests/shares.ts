import { formatPath, type LinkAccess, type RemotePath, type ShareLink, TransferError } from '@ftp/protocol'
import type { Session } from '../session/session.ts'
import { newVerifier } from './verifier.ts'

/** What people who have a share link may do. */
export interface ShareOptions {
  /** `upload`: put files into a directory, and neither read nor list it. Default: `read`. */
  readonly access?: LinkAccess | undefined
  /** When the link ends, in microseconds since 1970. Default: never. */
  readonly expires?: number | undefined
  /** How many times it can be used. Default: no limit. */
  readonly mostUses?: number | undefined
  /** The password that they are asked for, at least 8 characters. Default: none. */
  readonly password?: string | undefined
}

/** A new share link. */
export interface NewShareLink {
  /** What to send to people. It cannot be shown again. */
  readonly url: string
  readonly link: ShareLink
}

/**
 * More links than any server permits. The limit keeps a server that sends them without end from filling the
 * memory.
 */
const MOST = 100_000

/** Makes a share link. @throws TransferError `not_found`, `not_directory`, `not_file`, `forbidden`, `bad_request` */
export async function share(
  session: Session,
  remote: RemotePath,
  { access = 'read', expires, mostUses, password }: ShareOptions,
): Promise<NewShareLink> {
  const verifier = password === undefined ? undefined : await newVerifier(password)
  const request = { type: 'share', path: formatPath(remote), access, expires, mostUses, verifier } as const
  const { reply } = await session.runOnce((connection) => connection.request(request).expect('shared'))
  return { url: `${session.origin}/s/${encodeURIComponent(reply.secret)}`, link: reply.link }
}

/** The share links of the account, including those that can no longer be used. */
export async function shares(session: Session): Promise<ShareLink[]> {
  return await session.run(async ({ connection, progressed }) => {
    using exchange = connection.request({ type: 'shares' })
    const all: ShareLink[] = []
    for (;;) {
      const { reply } = await exchange.expect('shares')
      progressed()
      all.push(...reply.links)
      if (reply.last) return all
      if (all.length > MOST)
        throw new TransferError('protocol', `the server tells of more than ${MOST} links`)
    }
  })
}

/** Removes a share link. @throws TransferError `not_found` */
export async function unshare(session: Session, link: string): Promise<void> {
  await session.runOnce((connection) => connection.request({ type: 'unshare', link }).expect('done'))
}
