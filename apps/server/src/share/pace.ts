import { setTimeout as sleep } from 'node:timers/promises'
import type { RateLimit } from './rates.ts'

/** How soon a changed limit takes effect, in milliseconds. */
const LOOK_EVERY_MS = 100

/**
 * Takes `bytes` from a limit, and waits until they may have moved.
 * @param signal its abort ends the wait
 * @throws the signal's reason
 */
export async function pace(limit: RateLimit | undefined, bytes: number, signal: AbortSignal): Promise<void> {
  const left = limit?.take(bytes)
  if (left === undefined) return
  for (let ms = left(); ms > 0; ms = left()) {
    signal.throwIfAborted()
    await sleep(Math.min(ms, LOOK_EVERY_MS), undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
