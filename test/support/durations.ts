import { expect } from 'vitest'

/** Attempts that may take too long before the last one counts. */
const ATTEMPTS = 5

/** How long something takes, in seconds. */
export async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await action()
  return (performance.now() - began) / 1_000
}

/**
 * Expects that something takes so many seconds. Whatever else the machine does makes it longer, never shorter: each
 * attempt takes at least `least`, and one of them less than `most`.
 */
export async function expectSeconds(
  { least = 0, most }: { readonly least?: number; readonly most: number },
  action: () => Promise<unknown>,
): Promise<void> {
  let shortest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < ATTEMPTS && shortest >= most; attempt++) {
    shortest = Math.min(shortest, await secondsOf(action))
    expect(shortest).toBeGreaterThan(least)
  }
  expect(shortest).toBeLessThan(most)
}
