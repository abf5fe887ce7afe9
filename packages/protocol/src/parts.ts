import * as v from 'valibot'
import { count, type Fields, flag, hex, id } from './fields.ts'

/*
 * Parts of a transfer, which both sides send. Each side reads them by its own rule for fields that it does not know.
 */

/** A piece of a file: a whole block, or the rest of the file. Its bytes are the frame's payload. */
export const data = {
  id,
  type: v.literal('data'),
  offset: count,
  /** Bytes of payload: whoever writes the frame adds it. */
  size: v.optional(count),
  /** The chaining value after these bytes; where they end the file, the MD5 of the file. */
  md5: hex,
  /** Nothing follows: the end of the file, or of the range asked for. */
  last: flag,
}
export type Data = Fields<typeof data>

/** Chaining values: the payload is 16 bytes for each whole block, the first after the block at `offset`. */
export const chain = {
  id,
  type: v.literal('chain'),
  offset: count,
  /** As in {@link data}. */
  size: v.optional(count),
  last: flag,
  /** The MD5 of the whole file, with `last`, where the sender knows it. */
  md5: v.optional(hex),
}
export type Chain = Fields<typeof chain>

/** All bytes of the transfer before `offset` are in the receiver's partial. */
export const ack = { id, type: v.literal('ack'), offset: count }
