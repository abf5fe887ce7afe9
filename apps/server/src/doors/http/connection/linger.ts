import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { closeSoon } from '../../sending/close-soon.ts'

/** How much of an unwanted body is read, in bytes, so that its sender sees the answer. */
const BYTES = 1_048_576

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
