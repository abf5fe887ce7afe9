import fs from 'node:fs'

/** Limits on what clients may use, apart from the limits on requests. Each is at least 1. */
export interface Limits {
  /** Simultaneous connections. */
  readonly connections: number
  /** Simultaneous connections of one source. */
  readonly connectionsOfSource: number
  /**
   * Connections that have not logged in. If there are more, the source with the most of them loses its oldest
   * one.
   */
  readonly loggingIn: number
  /** Connections of one source that have not logged in. */
  readonly loggingInOfSource: number
  /** New connections of one source per second, in the long run. */
  readonly attempts: number
  /** New connections of one source that may come at once. */
  readonly attemptsAtOnce: number
  /**
   * Addresses and networks (`192.168.1.0/24`) that the limits per source and the penalties do not apply to,
   * because each of them stands for many clients, such as a tunnel or a proxy.
   */
  readonly trusted: readonly string[]
}

/**
 * A client with many streams opens dozens of connections at once and logs in within a second; a TLS handshake
 * costs about a millisecond. This machine's own addresses are trusted, because tunnels and proxies connect
 * from them.
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

/**
 * The maximum number of descriptors that one connection has: its socket; then a directory and a file, or two
 * directories; and its home.
 */
const OF_CONNECTION = 4
/** Those that a connection of FTP has besides: its listener, and its data connection. */
const OF_FTP = 2
/**
 * The descriptors of the main thread and its helper threads, including 4 running hooks and 8 connections for
 * metrics.
 */
const OF_SERVER = 96
/** The descriptors that a handler thread has open permanently, or briefly while it opens a file. */
const OF_THREAD = 16
/** Kept free, so that a new client can still learn that all other descriptors are in use. */
const RESERVE = 32
/**
 * The minimum and maximum number of descriptors per thread for requests for many files. A request with files
 * in 64 directories holds 128 at once.
 */
const LEAST_DESCRIPTORS = 8
const MOST_DESCRIPTORS = 256

/** The division of the descriptors that this process may have. */
export interface OpenFiles {
  /** The number of connections for which they suffice. */
  readonly connections: number
  /** The descriptors for all requests for many files that one handler thread answers at a time. */
  readonly descriptors: number
}

/** What the descriptors of this process have to suffice for. */
interface Descriptors {
  readonly threads: number
  /** Whether any connection may be one of FTP. Default: no. */
  readonly hasFtp?: boolean
  /** The maximum number of descriptors that this process may have open; undefined if unknown. */
  readonly files?: number | undefined
}

/**
 * Divides the descriptors of this process so that they never run out.
 * @param connections the desired number
 */
export function shareOpenFiles(
  connections: number,
  { threads, hasFtp = false, files = openFilesLimit() }: Descriptors,
): OpenFiles {
  if (files === undefined) return { connections, descriptors: MOST_DESCRIPTORS }
  const ofConnection = OF_CONNECTION + (hasFtp ? OF_FTP : 0)
  const free = files - OF_SERVER - RESERVE - OF_THREAD * threads
  const descriptors = Math.floor(Math.min(MOST_DESCRIPTORS, Math.max(LEAST_DESCRIPTORS, free / 4 / threads)))
  const possible = Math.max(1, Math.floor((free - descriptors * threads) / ofConnection))
  return { connections: Math.min(connections, possible), descriptors }
}

/** The soft limit of this process, which only Linux reveals; undefined on other systems. */
function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}
