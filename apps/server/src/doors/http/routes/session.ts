import { quotaInfo } from '../../../share/quota.ts'
import type { Exchange } from '../connection/exchange.ts'
import { requireMethod } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'
import { urlOf } from '../fields/target.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE'] as const

/**
 * Answers a request for the session of a browser: POST begins one for a client that logs in with a password
 * (Basic), GET says who is logged in, DELETE logs out.
 */
export async function serveSession(exchange: Exchange, visitor: Visitor): Promise<void> {
  const method = requireMethod(exchange.method, METHODS)
  switch (method) {
    case 'POST':
      await visitor.beginSession(exchange)
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

async function tellAccount(exchange: Exchange, visitor: Visitor): Promise<void> {
  const login = await visitor.login(exchange)
  const share = await login.share()
  const { name, permissions } = share.account
  // A home that has just been made is not counted yet.
  const quota = quotaInfo(share) ?? login.quota
  const answer = { account: name, permissions, files: urlOf([], true), quota }
  exchange.respond(200, { 'Content-Type': 'application/json' }, `${JSON.stringify(answer)}\n`)
}
