import { BLOCK_SIZE } from '@ftp/md5/chain'

/**
 * All limits of FTX 1. They are enforced before anything is allocated (PROTOCOL.md, *Limits*). Sizes are in
 * bytes.
 */
export const LIMITS = {
  /** The header of any frame before the login is accepted. */
  headerBeforeLogin: 2_048,
  /** The header of a frame from client to server. */
  headerFromClient: 16_384,
  /** The header of a frame from server to client. */
  headerFromServer: 65_536,
  /** The payload of one frame: one block. Before the login, none is allowed. */
  payload: BLOCK_SIZE,
  /** Payload of a `chain` frame, which therefore needs no block. */
  chain: 65_536,
  /** The nesting depth of objects and arrays in a header. */
  jsonDepth: 8,
  /** The frames that a client may send before its login is accepted. */
  framesBeforeLogin: 8,
  /** The unanswered requests of a client. */
  requests: 256,
  /** The files in one `mget` or `mput`. */
  files: 64,
  /** The payload bytes of a client's unanswered `put` and `mput` requests. */
  requestBytes: 8 * BLOCK_SIZE,
  /** The unacknowledged bytes of one transfer, unless the receiver announces another window. */
  window: 2 * BLOCK_SIZE,
  /**
   * The largest window that a receiver may announce. It is no promise of memory: what a receiver is not ready
   * for stays in the socket.
   */
  windowMax: 64 * BLOCK_SIZE,
  /** The length of one name in bytes of UTF-8. */
  name: 255,
  /** The length of a path in bytes of UTF-8. */
  path: 4_096,
  /** The number of names in a path. */
  pathDepth: 64,
  /**
   * The iterations of PBKDF2 that a client accepts: a lower count can be cracked quickly, and a higher one is
   * an attack on its time.
   */
  scramIterationsMin: 100_000,
  scramIterationsMax: 5_000_000,
} as const
