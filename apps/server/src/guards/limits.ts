import fs from 'node:fs'

/** What clients may take of the server before and beside their requests. Each limit is at least 1. */
export interface Limits {
  /** Connections at once. */
  readonly connections: number
  /** Connections at once of one source. */
  readonly connectionsOfSource: number
  /** Connections that have not logged in; of more, the oldest of the source with the most is closed. */
  readonly loggingIn: number
  /** The same of one source. */
  readonly loggingInOfSource: number
  /** New connections of one source in a second, in the long run. */
  readonly attempts: number
  /** So many of them may come at once. */
  readonly attemptsAtOnce: number
  /**
   * Addresses and networks (`192.168.1.0/24`) for which nothing is counted by source and nobody is punished: behind
   * them are many, such as a tunnel or a proxy.
   */
  readonly trusted: readonly string[]
}

/**
 * A client with many streams opens dozens of connections at once and logs in within a second; a TLS handshake costs
 * about a millisecond. This machine's own addresses are what tunnels and proxies come from.
 */
export const DEFAULT_LIMITS: Limits = {
  connections: 1_000,
  connectionsOfSource: 200,
  loggingIn: 128,
  loggingInOfSource: 64,
  attempts: 20,
  attemptsAtOnce: 100,
  trusted: ['127.0.0.0/8', '::1'],
}

/** What a connection may have open at once: itself, a directory, a file and its replacement. */
const FILES_OF_CONNECTION = 4
const FILES_OF_SERVER = 128

/** The same with no more connections than this process may have files open for. */
export function withinOpenFiles(limits: Limits): Limits {
  const files = openFilesLimit()
  if (files === undefined) return limits
  const connections = Math.max(1, Math.floor((files - FILES_OF_SERVER) / FILES_OF_CONNECTION))
  return { ...limits, connections: Math.min(limits.connections, connections) }
}

/** Known on Linux only. */
function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}
