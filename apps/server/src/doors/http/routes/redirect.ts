import type { Handler } from '../connection/connection.ts'
import { Refusal } from '../connection/problem.ts'
import { isOwnHost, parseHost } from '../fields/host.ts'
import { parseTarget } from '../fields/target.ts'
import type { Site } from './site.ts'

/** Redirects every unencrypted request to the same URL inside TLS. */
export function redirect({ names }: Site): Handler {
  return async (exchange) => {
    exchange.isLast = true
    const header = exchange.header('host') ?? ''
    const host = parseHost(header)
    const target = exchange.request.url ?? ''
    try {
      // Otherwise, links to this server could be made to lead anywhere.
      if (host === undefined || !isOwnHost(host, names))
        throw new Refusal(400, 'bad_request', 'this server speaks HTTP inside TLS alone (https://)')
      parseTarget(target)
      exchange.respond(308, { Location: `https://${header}${target}` })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      exchange.refuse(error.problem, error.headers)
    }
  }
}
