import { setTimeout as delay } from 'node:timers/promises'

const LOOK_EVERY_MS = 5
/** Only to name what is missing if it never comes: no measure of how fast anything is. */
const PATIENCE_MS = 120_000

/**
 * Waits until `look` gives something, for states of which no event tells.
 * @param what is waited for, for the failure
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`)
    await delay(LOOK_EVERY_MS)
  }
}
