import fs from 'node:fs'
import type { Socket } from 'node:net'

/**
 * Prepares for the loss of a socket that is about to be transferred. If it cannot arrive for lack of a
 * descriptor, it no longer has an owner, and Node.js never closes it.
 * @returns a function that closes the socket if it has stayed where it was before the transfer; to be called
 * only when the socket can no longer arrive
 */
export function strandedSocket(socket: Socket): () => void {
  const descriptor = descriptorOf(socket)
  const before = identify(descriptor)
  return () => {
    // If the number now refers to another file, the socket has already been closed.
    if (descriptor !== undefined && before !== undefined && identify(descriptor) === before)
      fs.closeSync(descriptor)
  }
}

/**
 * Node.js has no public interface for this. Undefined on Windows, where descriptors do not run out in this
 * way.
 */
function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle !== 'object' || handle === null) return undefined
  const descriptor: unknown = Reflect.get(handle, 'fd')
  return typeof descriptor === 'number' && descriptor > 0 ? descriptor : undefined
}

/** Distinguishes an open file from all others. */
function identify(descriptor: number | undefined): string | undefined {
  if (descriptor === undefined) return undefined
  try {
    const { dev, ino } = fs.fstatSync(descriptor, { bigint: true })
    return `${dev} ${ino}`
  } catch {
    return undefined
  }
}
