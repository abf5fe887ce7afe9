import type { Socket } from 'node:net'

/** How long the peer may still take to read the last answer, in milliseconds. */
const MS = 2_000

/** Closes a connection in a moment, whatever the client does, unless this is disposed of before that. */
export function closeSoon(socket: Socket): Disposable {
  const timer = setTimeout(() => socket.destroy(), MS)
  socket.once('close', () => clearTimeout(timer))
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}
