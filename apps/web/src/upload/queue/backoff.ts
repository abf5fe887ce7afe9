/** The shortest and the longest wait before another attempt, in milliseconds. */
const [SHORTEST_MS, LONGEST_MS] = [500, 10_000]

/**
 * How long to wait before another attempt, in milliseconds: longer after each failure in a row, and never the same
 * for all who wait for the server.
 */
export function backoff(failures: number, random: () => number = Math.random): number {
  const longest = Math.min(SHORTEST_MS * 2 ** failures, LONGEST_MS)
  return longest * (0.5 + random() / 2)
}

/** Waits, unless somebody wakes it earlier. Resolves also if `signal` is aborted. */
export async function pause(milliseconds: number, ...wakers: readonly AbortSignal[]): Promise<void> {
  const waker = AbortSignal.any([...wakers])
  if (waker.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  waker.addEventListener('abort', () => resolve(), { once: true })
  await promise
  clearTimeout(timer)
}

/** Ends waits for the server, as often as somebody has a reason to believe that it is there again. */
export class Waker {
  #controller = new AbortController()

  /** Aborted by the next {@link wake}. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  wake(): void {
    this.#controller.abort()
    this.#controller = new AbortController()
  }
}
