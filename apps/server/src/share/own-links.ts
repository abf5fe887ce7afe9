import {
  formatPath,
  type LinkAccess,
  localPath,
  PASSWORD_ITERATIONS,
  type RemotePath,
  type ScramVerifier,
  type ShareLink,
  TransferError,
} from '@ftp/protocol'
import type { Account } from '../state/accounts.ts'
import type { LinkKind, LinkRecord } from '../state/link-record.ts'
import type { Storage } from '../storage/storage.ts'
import { audited } from './audit.ts'
import { requireOwner, requirePermission, type Share } from './share.ts'

/** What a client chooses about a new share link. */
export interface LinkOptions {
  readonly access: LinkAccess
  /** Microseconds since 1970. Default: never. */
  readonly expires?: number | undefined
  /** Default: no limit. */
  readonly mostUses?: number | undefined
  /** Of the password of the link, which the server does not see. Default: no password. */
  readonly verifier?: ScramVerifier | undefined
}

/**
 * Makes a link by which people without an account can reach a path of this account.
 * @returns the link and its secret, which cannot be shown again
 * @throws TransferError `forbidden` unless the client has logged in with the password and has the right to
 * what the link allows; `not_found`, `not_file`, `not_directory`, `bad_request`
 */
export async function addLink(
  share: Share,
  path: RemotePath,
  { access, expires, mostUses, verifier }: LinkOptions,
): Promise<{ readonly secret: string; readonly link: ShareLink }> {
  return await audited(share, { action: 'share-add', path, detail: access }, async () => {
    requireOwner(share)
    requirePermission(share, access === 'upload' ? 'write' : 'read')
    requireDoor(share)
    requireFuture(expires)
    if (mostUses === 0) throw new TransferError('bad_request', 'a link must allow at least one use')
    // A larger number would let anyone who has the link keep the server busy.
    if (verifier !== undefined && verifier.iterations !== PASSWORD_ITERATIONS)
      throw new TransferError('bad_request', `passwords are kept with ${PASSWORD_ITERATIONS} iterations`)
    const kind = kindOf(share.storage, path, access)
    const { account, credentials } = share
    const target = localPath([...account.home, ...path])
    const wanted = { account: account.name, path: target, kind, expires, mostUses, verifier }
    const { id, secret } = await credentials.links.add(wanted)
    const created = { id, created: Date.now() * 1_000, uses: 0, used: undefined }
    return { secret, link: linkOf(account, { ...wanted, ...created }) }
  })
}

/** Refuses to make a link that nobody could open. @throws TransferError `forbidden` */
function requireDoor({ account, credentials }: Share): void {
  if (!credentials.hasWeb)
    throw new TransferError('forbidden', 'this server opens no links: it was started with --no-web')
  if (account.doors?.includes('web') === false)
    throw new TransferError(
      'forbidden',
      `links open at the web door, which the operator has closed to ${account.name}`,
    )
}

/**
 * What a link to this path shares.
 * @throws TransferError `not_found`, `not_file`, `not_directory`
 */
export function kindOf(storage: Storage, path: RemotePath, access: LinkAccess): LinkKind {
  const { type } = storage.stat(path).entry
  if (type === 'directory') return access === 'upload' ? 'upload' : 'folder'
  if (type !== 'file')
    throw new TransferError('not_file', `"${formatPath(path)}" is neither a file nor a directory`)
  if (access === 'read') return 'file'
  throw new TransferError(
    'not_directory',
    `"${formatPath(path)}" is not a directory; people can upload to directories only`,
  )
}

/** The share links of this account, including those that can no longer be used. @throws TransferError `forbidden` */
export async function ownLinks(share: Share): Promise<readonly ShareLink[]> {
  requireOwner(share)
  const { account, credentials } = share
  return (await credentials.links.list(account.name)).map((link) => linkOf(account, link))
}

/** A link as it is shown to its owner. */
export function linkOf({ home }: Pick<Account, 'home'>, link: LinkRecord): ShareLink {
  const { id, path, kind, created, expires, uses, mostUses, used, verifier } = link
  const isInside = home.every((name, depth) => path[depth] === name)
  return {
    id,
    ...(isInside && { path: path.slice(home.length).join('/') }),
    access: kind === 'upload' ? 'upload' : 'read',
    created,
    expires,
    uses,
    mostUses,
    used,
    hasPassword: verifier !== undefined,
  }
}

/** Removes a link. Its guests are refused from the next request on. @throws TransferError `not_found` */
export async function removeLink(share: Share, id: string): Promise<void> {
  await audited(
    share,
    { action: 'share-remove' },
    async () => {
      requireOwner(share)
      const link = await share.credentials.links.remove(id, share.account.name)
      return linkOf(share.account, link)
    },
    ({ path = '' }) => ({
      outcome: 'ok',
      detail: id,
      ...(path !== '' && { path: localPath(path.split('/')) }),
    }),
  )
}

/** @throws TransferError `bad_request` if the time has passed */
export function requireFuture(expires: number | undefined): void {
  if (expires !== undefined && expires <= Date.now() * 1_000)
    throw new TransferError('bad_request', 'the time at which it should end has passed; choose a later one')
}
