import type { Socket } from 'node:net'

/** Looks in one window. */
const LOOKS = 12

/**
 * Notices a peer that keeps a connection busy with next to nothing: a timeout of silence starts anew with every byte.
 * Only the time in which the peer owes something counts.
 */
export class MinimumRate implements Disposable {
  readonly #timer: NodeJS.Timeout

  /**
   * @param owes whether the connection waits for its peer
   * @param rate bytes per second, both directions together, that are enough
   * @param windowMs over which time
   * @param onSlow called each time a window ends with less
   */
  constructor(socket: Socket, owes: () => boolean, rate: number, windowMs: number, onSlow: () => void) {
    const step = windowMs / LOOKS
    let waited = 0
    let moved = bytesOf(socket)
    this.#timer = setInterval(() => {
      if (!owes()) return
      waited++
      if (waited < LOOKS) return
      const now = bytesOf(socket)
      if (now - moved < (rate * windowMs) / 1_000) onSlow()
      waited = 0
      moved = now
    }, step).unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

function bytesOf(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten
}
