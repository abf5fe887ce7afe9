import { BLOCK_SIZE, type Reservation, reserveBlocks } from '@ftp/md5'
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
export async function reserveForReading(exchange: Exchange): Promise<Reservation & { depth: number }> {
  const memory = await reserve(exchange, SENDING + 1, SENDING + AHEAD)
  return { ...memory, depth: memory.blocks - SENDING }
}

/** Memory for small files that are sent together. */
export async function reserveForTogether(exchange: Exchange): Promise<Reservation> {
  return await reserve(exchange, SENDING, SENDING)
}

/** Memory for what a client sends. */
export async function reserveForWriting(exchange: Exchange): Promise<Reservation & { unchecked: number }> {
  const memory = await reserve(exchange, ARRIVING + 1, ARRIVING + UNCHECKED)
  return { ...memory, unchecked: memory.blocks - ARRIVING }
}

async function reserve(exchange: Exchange, least: number, most: number): Promise<Reservation> {
  return await exchange.keepAlive(() => reserveBlocks(least, most, exchange.signal))
}
