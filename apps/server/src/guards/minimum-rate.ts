import type { Socket } from 'node:net'

/** The number of measurements per window. */
const LOOKS = 12

/**
 * Detects a peer that keeps a connection busy with hardly any bytes, which an idle timeout cannot: every byte
 * restarts it. Only the time during which the peer owes something counts.
 */
export class MinimumRate implements Disposable {
  readonly #timer: NodeJS.Timeout

  /**
   * @param owes whether the connection is waiting for its peer
   * @param rate the sufficient rate in bytes per second, both directions combined
   * @param windowMs the length of a window in milliseconds
   * @param onSlow called at the end of each window with a lower rate
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
