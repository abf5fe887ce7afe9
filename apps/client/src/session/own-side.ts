import type { Connection } from '../connection/connection.ts'
import { Reconnect } from './session.ts'

/**
 * How long a connection stays open while its transfer waits for this side, in milliseconds. A server closes it
 * after a minute (PROTOCOL.md, section 5).
 */
const IDLE_MS = 20_000

/**
 * Waits for this side's own input or output, such as a pipe. If that takes long, the connection is closed
 * meanwhile; the other side keeps what it has.
 * @param drop called with the result of a wait that took long, which the caller does not get
 * @throws Reconnect at the end of a wait that took long
 */
export async function ownSide<T>(
  connection: Connection,
  wait: Promise<T>,
  drop: (result: T) => void = () => {},
): Promise<T> {
  let isLong = false
  const idle = setTimeout(() => {
    isLong = true
    connection[Symbol.dispose]()
  }, IDLE_MS)
  try {
    const result = await wait
    if (!isLong) return result
    drop(result)
    throw new Reconnect()
  } finally {
    clearTimeout(idle)
  }
}
