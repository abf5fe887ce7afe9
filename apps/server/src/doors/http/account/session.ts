import * as v from 'valibot'
import { quotaInfo } from '../../../share/quota.ts'
import { freeSpace } from '../../../share/usage.ts'
import type { Exchange } from '../connection/exchange.ts'
import { jsonBody } from '../connection/json-body.ts'
import { requireMethod } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'
import { urlOf } from '../fields/target.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE'] as const

/** Whether the browser is to keep the session when it is closed. */
export const remember = v.optional(v.boolean(), true)
const newSession = v.strictObject({ remember })

/**
 * Answers a request for the session of a browser: POST begins one for a client that logs in with a password
 * (Basic), GET says who is logged in, DELETE logs out.
 */
export async function serveSession(exchange: Exchange, visitor: Visitor): Promise<void> {
  const method = requireMethod(exchange.method, METHODS)
  switch (method) {
    case 'POST':
      await begin(exchange, visitor)
      return await tellAccount(exchange, visitor)
    case 'GET':
    case 'HEAD':
      return await tellAccount(exchange, visitor)
    case 'DELETE':
      await visitor.endSession(exchange)
      return exchange.respond(204)
    default:
      method satisfies never
  }
}

async function begin(exchange: Exchange, visitor: Visitor): Promise<void> {
  // Nobody without an account makes the server read a body.
  await visitor.login(exchange)
  const options = exchange.body.isAnnounced ? await jsonBody(exchange, newSession) : { remember: true }
  await visitor.beginSession(exchange, options.remember)
}

async function tellAccount(exchange: Exchange, visitor: Visitor): Promise<void> {
  const login = await visitor.login(exchange)
  const share = await login.share()
  const { name, permissions } = share.account
  // A home that has just been made is not counted yet.
  const quota = quotaInfo(share) ?? login.quota
  exchange.respondJson(200, {
    account: name,
    permissions,
    files: urlOf([], true),
    quota,
    free: freeSpace(share),
  })
}
