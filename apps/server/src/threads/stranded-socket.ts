import fs from 'node:fs'
import type { Socket } from 'node:net'

/**
 * Prepares for the loss of a socket that is about to be transferred. One that cannot arrive for want of a descriptor
 * has no owner any more, and Node never closes it.
 * @returns closes it if it is still where it was before the transfer; to be called only when it cannot arrive any more
 */
export function strandedSocket(socket: Socket): () => void {
  const descriptor = descriptorOf(socket)
  const before = identify(descriptor)
  return () => {
    // The number may have been given to another file since: then the socket has been closed.
    if (descriptor !== undefined && before !== undefined && identify(descriptor) === before)
      fs.closeSync(descriptor)
  }
}

/** Node has no public way to it. Undefined on Windows, where descriptors do not run out like this. */
function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle !== 'object' || handle === null) return undefined
  const descriptor: unknown = Reflect.get(handle, 'fd')
  return typeof descriptor === 'number' && descriptor > 0 ? descriptor : undefined
}

/** What tells an open file from every other one. */
function identify(descriptor: number | undefined): string | undefined {
  if (descriptor === undefined) return undefined
  try {
    const { dev, ino } = fs.fstatSync(descriptor, { bigint: true })
    return `${dev} ${ino}`
  } catch {
    return undefined
  }
}
