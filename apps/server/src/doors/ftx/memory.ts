import { BLOCK_SIZE, type Hasher, type Reservation } from '@ftp/md5'
import { LIMITS } from '@ftp/protocol'
import type { Exchange } from './exchange.ts'

/*
 * The memory of this thread for blocks on their way. A transfer gets its part before it begins; where too many are
 * under way, it waits, and its client hears that it does.
 */

/** What is sent or hashed: one block in the socket, one before it, and what is read ahead. */
const SENDING = 2
const AHEAD = 4
/** What may arrive unasked, and one that is being written. */
const ARRIVING = LIMITS.window / BLOCK_SIZE + 1
const UNCHECKED = 14

/** Memory for reading a file ahead of what is done with it. */
export async function reserveForReading(
  exchange: Exchange,
  hasher: Hasher,
): Promise<Reservation & { depth: number }> {
  const memory = await reserve(exchange, hasher, SENDING + 1, SENDING + AHEAD)
  return { ...memory, depth: memory.blocks - SENDING }
}

/** Memory for small files that are sent together. */
export async function reserveForTogether(exchange: Exchange, hasher: Hasher): Promise<Reservation> {
  return await reserve(exchange, hasher, SENDING, SENDING)
}

/** Memory for what a client sends. */
export async function reserveForWriting(
  exchange: Exchange,
  hasher: Hasher,
): Promise<Reservation & { unchecked: number }> {
  const memory = await reserve(exchange, hasher, ARRIVING + 1, ARRIVING + UNCHECKED)
  return { ...memory, unchecked: memory.blocks - ARRIVING }
}

async function reserve(
  exchange: Exchange,
  { reservations }: Hasher,
  least: number,
  most: number,
): Promise<Reservation> {
  return await exchange.keepAlive(() => reservations.reserve(least, most, exchange.signal))
}
