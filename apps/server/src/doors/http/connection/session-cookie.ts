import { cookieOf, formatCookie } from '../fields/cookies.ts'
import type { Exchange } from './exchange.ts'

/** How long a browser keeps the cookie, in seconds: the server ends the session at the latest then. */
const MAX_AGE_S = 30 * 86_400

/** The value of the session's cookie in a request. */
export function sessionOf(exchange: Exchange): string | undefined {
  return cookieOf(exchange.header('cookie'), nameFor(exchange))
}

/** Makes the answer set the session's cookie, or remove it. @param value empty to remove it */
export function setSession(exchange: Exchange, value: string): void {
  const isSecure = exchange.context.isEncrypted
  const name = nameFor(exchange)
  exchange.setCookie(
    formatCookie({ name, value, path: '/', isSecure, isLax: false, maxAgeSeconds: MAX_AGE_S }),
  )
}

/** Browsers send cookies to all ports of a host, where other servers may listen. */
function nameFor({ context, request }: Exchange): string {
  return `${context.isEncrypted ? '__Host-' : ''}ftp-session-${request.socket.localPort ?? 0}`
}
