import { setTimeout as delay } from 'node:timers/promises'

const LOOK_EVERY_MS = 5
/** Long enough for any machine: it serves only to name what never came, and measures no speed. */
const PATIENCE_MS = 120_000

/**
 * Waits until `look` returns something, for states that no event announces.
 * @param what is being waited for, named in the failure
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
