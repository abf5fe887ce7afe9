import { setInterval } from 'node:timers/promises'

/**
 * Repeats a step at intervals, as a slow peer does, until the step returns false or the signal is aborted.
 * @param everyMs the interval in milliseconds
 * @param step returns whether to repeat it
 */
export async function trickle(everyMs: number, step: () => boolean, signal?: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(everyMs, undefined, { signal })) if (!step()) return
  } catch (error) {
    if (!signal?.aborted) throw error
  }
}
