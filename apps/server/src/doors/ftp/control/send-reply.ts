import type { Socket } from 'node:net'
import { format, type Reply } from '../wire/reply.ts'

/** Sends a reply, and waits if the client does not read. */
export async function sendReply(socket: Socket, reply: Reply): Promise<void> {
  if (!socket.writable || socket.write(format(reply))) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done)
      resolve()
    }
    socket.on('drain', done).on('close', done)
  })
}
