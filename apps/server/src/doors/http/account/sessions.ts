import { sessionId } from '../../../share/sessions.ts'
import type { Exchange } from '../connection/exchange.ts'
import { requireMethod } from '../connection/problem.ts'
import { sessionOf } from '../connection/session-cookie.ts'
import type { Visitor } from '../connection/visitor.ts'

/** Answers a request for the sessions of the account, or for one of them, which can be ended. */
export async function serveSessions(
  exchange: Exchange,
  visitor: Visitor,
  id: string | undefined,
): Promise<void> {
  if (id === undefined) requireMethod(exchange.method, ['GET', 'HEAD'])
  else requireMethod(exchange.method, ['DELETE'])
  const share = await visitor.share(exchange)
  const { sessions } = exchange.context.guards.logins
  if (id !== undefined) {
    await sessions.endById(share, id)
    return exchange.respond(204)
  }
  const cookie = sessionOf(exchange)
  const own = cookie === undefined ? undefined : sessionId(cookie)
  exchange.respondJson(200, {
    sessions: (await sessions.list(share)).map(({ account: _, ...session }) => ({
      ...session,
      isCurrent: session.id === own,
    })),
  })
}
