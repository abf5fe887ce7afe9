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

/** Descriptors that a connection holds at most: itself, and a directory and a file, or two directories, and its home. */
const OF_CONNECTION = 4
/** What the main thread has open, with its helpers, 4 hooks that run, and 8 who ask for metrics. */
const OF_SERVER = 96
/** What a handler thread has open, and opens for a moment on its way to a file. */
const OF_THREAD = 16
/** Kept free, so that a newcomer hears that all others are taken. */
const RESERVE = 32
/** For requests for many files, each thread. One with files in 64 directories holds 128 at once. */
const LEAST_DESCRIPTORS = 8
const MOST_DESCRIPTORS = 256

/** How the descriptors that this process may have are shared out. */
export interface OpenFiles {
  /** Connections that they suffice for. */
  readonly connections: number
  /** For the requests for many files that one handler thread answers at once. */
  readonly descriptors: number
}

/**
 * Shares them out so that they never run out.
 * @param connections how many are wanted
 * @param files how many this process may have open; undefined where nobody knows
 */
export function shareOpenFiles(connections: number, threads: number, files = openFilesLimit()): OpenFiles {
  if (files === undefined) return { connections, descriptors: MOST_DESCRIPTORS }
  const free = files - OF_SERVER - RESERVE - OF_THREAD * threads
  const descriptors = Math.floor(Math.min(MOST_DESCRIPTORS, Math.max(LEAST_DESCRIPTORS, free / 4 / threads)))
  const possible = Math.max(1, Math.floor((free - descriptors * threads) / OF_CONNECTION))
  return { connections: Math.min(connections, possible), descriptors }
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
