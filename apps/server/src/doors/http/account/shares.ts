import { LINK_ACCESS, parsePath } from '@ftp/protocol'
import * as v from 'valibot'
import { addLink, ownLinks, removeLink } from '../../../share/own-links.ts'
import { requireOwner, type Share } from '../../../share/share.ts'
import type { Exchange } from '../connection/exchange.ts'
import { jsonBody } from '../connection/json-body.ts'
import { requireMethod } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'
import { count } from './fields.ts'

const newLink = v.strictObject({
  path: v.string(),
  access: v.picklist(LINK_ACCESS),
  expires: v.optional(count),
  mostUses: v.optional(count),
  password: v.optional(v.string()),
})

/** Answers a request for the share links of the account, or for one of them, which can be removed. */
export async function serveShares(
  exchange: Exchange,
  visitor: Visitor,
  id: string | undefined,
): Promise<void> {
  if (id !== undefined) {
    requireMethod(exchange.method, ['DELETE'])
    await removeLink(await visitor.share(exchange), id)
    return exchange.respond(204)
  }
  const method = requireMethod(exchange.method, ['GET', 'HEAD', 'POST'])
  const share = await visitor.share(exchange)
  if (method !== 'POST') return exchange.respondJson(200, { shares: await ownLinks(share) })
  await add(exchange, visitor, share)
}

async function add(exchange: Exchange, visitor: Visitor, share: Share): Promise<void> {
  const { path, password, ...options } = await jsonBody(exchange, newLink)
  // Deriving the verifier takes a tenth of a second, so nobody does it without the right to make links.
  requireOwner(share)
  const verifier = password === undefined ? undefined : await visitor.newVerifier(password, exchange.signal)
  const { link, secret } = await addLink(share, parsePath(path), { ...options, verifier })
  exchange.respondJson(201, { link, secret, url: `/s/${secret}` }, { Location: `/shares/${link.id}` })
}
