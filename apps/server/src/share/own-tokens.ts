import { type Permission, type Token, TransferError } from '@ftp/protocol'
import type { TokenRecord } from '../state/tokens.ts'
import { audited } from './audit.ts'
import { requireFuture } from './own-links.ts'
import { requireOwner, type Share } from './share.ts'

/** What a client chooses about a new token. */
export interface TokenOptions {
  readonly name: string
  /** Default: everything that the account may do. */
  readonly permissions?: readonly Permission[] | undefined
  /** Microseconds since 1970. Default: never. */
  readonly expires?: number | undefined
}

const LONGEST_NAME = 64

/**
 * Makes a token that programs use to log in to this account.
 * @returns the token and its secret, which cannot be shown again
 * @throws TransferError `forbidden` unless the client has logged in with the password; `exists`,
 * `bad_request`
 */
export async function addToken(
  share: Share,
  { name, permissions, expires }: TokenOptions,
): Promise<{ readonly secret: string; readonly token: Token }> {
  return await audited(share, { action: 'token-add', detail: name.slice(0, LONGEST_NAME) }, async () => {
    requireOwner(share)
    requireTokenName(name)
    requireFuture(expires)
    const { tokens } = share.credentials
    const secret = await tokens.add({ account: share.account.name, name, permissions, expires })
    return { secret, token: { name, permissions, created: Date.now() * 1_000, expires } }
  })
}

/** The tokens of this account, including those that have expired. @throws TransferError `forbidden` */
export async function ownTokens(share: Share): Promise<readonly Token[]> {
  requireOwner(share)
  return (await share.credentials.tokens.list(share.account.name)).map(tokenOf)
}

/** A token as it is shown to its owner. */
export function tokenOf({ account: _, ...token }: TokenRecord): Token {
  return token
}

/**
 * Removes a token. Clients that are logged in with it are refused from their next request on. @throws
 * TransferError `not_found`
 */
export async function removeToken(share: Share, name: string): Promise<void> {
  await audited(share, { action: 'token-remove', detail: name.slice(0, LONGEST_NAME) }, async () => {
    requireOwner(share)
    await share.credentials.tokens.remove(share.account.name, name)
  })
}

/** @throws TransferError `bad_request` unless a token can have this name */
export function requireTokenName(name: string): void {
  if (name.trim() === '' || name.length > LONGEST_NAME || /[\p{C}\p{Zl}\p{Zp}]/u.test(name))
    throw new TransferError('bad_request', `a token has a name of 1 to ${LONGEST_NAME} printable characters`)
}
