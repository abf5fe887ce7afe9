import { SESSION_S } from '../../../share/sessions.ts'
import { cookieOf, formatCookie } from '../fields/cookies.ts'
import type { Exchange } from './exchange.ts'

/** The value of the session's cookie in a request. */
export function sessionOf(exchange: Exchange): string | undefined {
  return cookieOf(exchange.header('cookie'), nameFor(exchange))
}

/**
 * Makes the answer set the session's cookie, or remove it.
 * @param value empty to remove it
 * @param isRemembered whether the browser is to keep it when it is closed
 */
export function setSession(exchange: Exchange, value: string, isRemembered = true): void {
  const isSecure = exchange.context.isEncrypted
  const name = nameFor(exchange)
  const maxAgeSeconds = isRemembered ? SESSION_S : undefined
  exchange.setCookie(formatCookie({ name, value, path: '/', isSecure, isLax: false, maxAgeSeconds }))
}

/** Browsers send cookies to all ports of a host, where other servers may listen. */
function nameFor({ context, request }: Exchange): string {
  return `${context.isEncrypted ? '__Host-' : ''}ftp-session-${request.socket.localPort ?? 0}`
}
