import { setInterval } from 'node:timers/promises'

/**
 * Does something again and again, as a slow peer does.
 * @param step returns whether it is to be called again
 */
export async function trickle(everyMs: number, step: () => boolean, signal?: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(everyMs, undefined, { signal })) if (!step()) return
  } catch (error) {
    if (!signal?.aborted) throw error
  }
}
