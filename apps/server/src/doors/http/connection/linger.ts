import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/**
 * How much of an unwanted body is read, in bytes, and for how long, in milliseconds, so that its sender sees
 * the answer.
 */
const [BYTES, MS] = [1_048_576, 2_000]

/**
 * Closes a connection after its last answer. A little of what the client still sends is read: otherwise, a reset would
 * overtake the answer.
 */
export function linger(socket: Socket, request: IncomingMessage): void {
  socket.end()
  const start = socket.bytesRead
  closeSoon(socket)
  request.on('data', () => {
    if (socket.bytesRead - start > BYTES) socket.destroy()
  })
  request.on('error', () => {})
  if (request.complete) socket.resume()
}

/** Closes a connection in a moment, whatever the client does, unless this is disposed of before that. */
export function closeSoon(socket: Socket): Disposable {
  const timer = setTimeout(() => socket.destroy(), MS)
  socket.once('close', () => clearTimeout(timer))
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}
