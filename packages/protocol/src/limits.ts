import { BLOCK_SIZE } from '@ftp/md5/chain'

/**
 * Every maximum of FTX 1, enforced before anything is allocated (PROTOCOL.md, *Limits*).
 * Sizes are bytes.
 */
export const LIMITS = {
  /** Header of any frame before the login is accepted. */
  headerBeforeLogin: 2_048,
  /** Header of a frame from client to server. */
  headerFromClient: 16_384,
  /** Header of a frame from server to client. */
  headerFromServer: 65_536,
  /** Payload of one frame: one block. Before the login: none. */
  payload: BLOCK_SIZE,
  /** Nesting of objects and arrays in a header. */
  jsonDepth: 8,
  /** Frames that a client may send before its login is accepted. */
  framesBeforeLogin: 8,
  /** Requests that a client may have unanswered. */
  requests: 256,
  /** Files of one `mget` or `mput`. */
  files: 64,
  /** Payload bytes of `put` and `mput` requests that a client may have unanswered. */
  requestBytes: 8 * BLOCK_SIZE,
  /** Bytes of one transfer that its sender may have unacknowledged, unless the receiver says otherwise. */
  window: 2 * BLOCK_SIZE,
  /** The largest window that a receiver may ask for. */
  windowMax: 64 * BLOCK_SIZE,
  /** UTF-8 bytes of one name. */
  name: 255,
  /** UTF-8 bytes of a path. */
  path: 4_096,
  /** Names in a path. */
  pathDepth: 64,
  /** Iterations of PBKDF2 that a client takes part in: fewer are quick to crack, more are an attack on its time. */
  scramIterationsMin: 100_000,
  scramIterationsMax: 5_000_000,
} as const
