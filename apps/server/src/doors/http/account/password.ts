import * as v from 'valibot'
import { passwd } from '../../../share/passwd.ts'
import { requireOwner } from '../../../share/share.ts'
import type { Exchange } from '../connection/exchange.ts'
import { jsonBody } from '../connection/json-body.ts'
import { Refusal, requireMethod } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'
import { remember } from './session.ts'

const newPassword = v.strictObject({ password: v.string(), remember })

/**
 * Answers PUT for the password of the account. The request has to carry the present password (Basic): the session of a
 * browser that was left open is not enough. All sessions end; if the request belongs to one, a new one begins.
 */
export async function servePassword(exchange: Exchange, visitor: Visitor): Promise<void> {
  requireMethod(exchange.method, ['PUT'])
  const share = await visitor.share(exchange)
  if (exchange.header('authorization') === undefined)
    throw new Refusal(403, 'forbidden', 'a new password needs the present one, by Basic authentication')
  requireOwner(share)
  const given = await jsonBody(exchange, newPassword)
  const verifier = await visitor.newVerifier(given.password, exchange.signal)
  await passwd(share, verifier)
  const { salt } = verifier
  await visitor.renewSession(exchange, { account: share.account.name, salt, isRemembered: given.remember })
  exchange.respond(204)
}
