/** The version of this project, as in its package.json files. */
export const VERSION = '0.1.0'

/** The protocol version that this package speaks. */
export const PROTOCOL_VERSION = 1

/**
 * Selects the newest version that both sides know.
 * @returns undefined if there is none; the server then refuses with `version`
 */
export function negotiate(offered: readonly number[]): number | undefined {
  return offered.includes(PROTOCOL_VERSION) ? PROTOCOL_VERSION : undefined
}

/** The name of this protocol in TLS (RFC 7301). */
export const ALPN = 'ftx/1'

/** The default TCP port of servers. */
export const DEFAULT_PORT = 7021

/**
 * The service type under which servers announce themselves, `_ftx._tcp` (RFC 6763), without underscores and
 * transport.
 */
export const DISCOVERY_TYPE = 'ftx'
