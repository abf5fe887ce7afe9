import type { Request, ShareLink } from '@ftp/protocol'
import { addLink, ownLinks, removeLink } from '../../share/own-links.ts'
import { addToken, ownTokens, removeToken } from '../../share/own-tokens.ts'
import type { Share } from '../../share/share.ts'
import type { Exchange } from './exchange.ts'
import { Page } from './page.ts'
import { verifierOf } from './wire.ts'

type CredentialRequest = Extract<
  Request,
  { type: 'share' | 'shares' | 'unshare' | 'token' | 'tokens' | 'revoke' }
>

/** Answers a request about tokens or share links. */
export async function credentials(
  exchange: Exchange,
  share: Share,
  request: CredentialRequest,
): Promise<void> {
  switch (request.type) {
    case 'share': {
      const { path, verifier, ...options } = request
      const added = await addLink(share, path, { ...options, verifier: verifier && verifierOf(verifier) })
      return await exchange.reply({ type: 'shared', ...added })
    }
    case 'shares':
      return await shares(exchange, await ownLinks(share))
    case 'unshare':
      await removeLink(share, request.link)
      return await exchange.reply({ type: 'done' })
    case 'token':
      return await exchange.reply({ type: 'token', ...(await addToken(share, request)) })
    case 'tokens':
      // They are so few, and their names so short, that they fit into one header.
      return await exchange.reply({ type: 'tokens', tokens: await ownTokens(share), last: true })
    case 'revoke':
      await removeToken(share, request.name)
      return await exchange.reply({ type: 'done' })
    default:
      request satisfies never
  }
}

/** Sends the links in pages; the last page is marked. */
async function shares(exchange: Exchange, links: readonly ShareLink[]): Promise<void> {
  let page = new Page<ShareLink>()
  for (const link of links) {
    if (page.add(link, link.path ?? '')) continue
    await exchange.reply({ type: 'shares', links: page.items })
    exchange.signal.throwIfAborted()
    page = new Page()
    page.add(link, link.path ?? '')
  }
  await exchange.reply({ type: 'shares', links: page.items, last: true })
}
