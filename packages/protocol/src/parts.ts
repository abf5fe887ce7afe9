import * as v from 'valibot'
import { count, type Fields, flag, hex, id } from './fields.ts'

/* The parts of a transfer, which both sides send. Each side has its own rule for unknown fields. */

/** A piece of a file: a whole block, or the rest of the file. Its bytes are the payload of the frame. */
export const data = {
  id,
  type: v.literal('data'),
  offset: count,
  /** The length of the payload in bytes, added when the frame is encoded. */
  size: v.optional(count),
  /** The chaining value after these bytes or, if they end the file, the MD5 of the file. */
  md5: hex,
  /** Whether this is the end of the file or of the requested range. */
  last: flag,
}
export type Data = Fields<typeof data>

/**
 * Chaining values. The payload consists of 16 bytes for each whole block; the first value is that after the
 * block at `offset`.
 */
export const chain = {
  id,
  type: v.literal('chain'),
  offset: count,
  /** As in {@link data}. */
  size: v.optional(count),
  last: flag,
  /** With `last`: the MD5 of the whole file, if the sender knows it. */
  md5: v.optional(hex),
}
export type Chain = Fields<typeof chain>

/** The receiver's partial contains all bytes of the transfer before `offset`. */
export const ack = { id, type: v.literal('ack'), offset: count }
