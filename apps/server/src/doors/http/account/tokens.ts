import { PERMISSIONS } from '@ftp/protocol'
import * as v from 'valibot'
import { addToken, ownTokens, removeToken } from '../../../share/own-tokens.ts'
import { requireOwner } from '../../../share/share.ts'
import type { Exchange } from '../connection/exchange.ts'
import { jsonBody } from '../connection/json-body.ts'
import { requireMethod } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'
import { count } from './fields.ts'

const newToken = v.strictObject({
  name: v.string(),
  permissions: v.optional(v.array(v.picklist(PERMISSIONS))),
  expires: v.optional(count),
})

/** Answers a request for the tokens of the account, or for one of them, which can be removed. */
export async function serveTokens(
  exchange: Exchange,
  visitor: Visitor,
  name: string | undefined,
): Promise<void> {
  if (name !== undefined) {
    requireMethod(exchange.method, ['DELETE'])
    await removeToken(await visitor.share(exchange), name)
    return exchange.respond(204)
  }
  const method = requireMethod(exchange.method, ['GET', 'HEAD', 'POST'])
  const share = await visitor.share(exchange)
  if (method !== 'POST') return exchange.respondJson(200, { tokens: await ownTokens(share) })
  requireOwner(share)
  const added = await addToken(share, await jsonBody(exchange, newToken))
  exchange.respondJson(201, added, { Location: `/tokens/${encodeURIComponent(added.token.name)}` })
}
