/** The version of this project, as its package.json files have it. */
export const VERSION = '0.1.0'

/** The protocol version that this package speaks. */
export const PROTOCOL_VERSION = 1

/**
 * Picks the newest version both sides know.
 * @returns undefined when there is none: the server then refuses with `version`.
 */
export function negotiate(offered: readonly number[]): number | undefined {
  return offered.includes(PROTOCOL_VERSION) ? PROTOCOL_VERSION : undefined
}

/** How TLS names this protocol (RFC 7301). */
export const ALPN = 'ftx/1'

/** The TCP port that servers listen on unless they are told otherwise. */
export const DEFAULT_PORT = 7021

/** The service type under which servers announce themselves, `_ftx._tcp` (RFC 6763), without the decoration. */
export const DISCOVERY_TYPE = 'ftx'
