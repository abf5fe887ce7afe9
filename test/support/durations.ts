import { expect } from 'vitest'

/** How many attempts may take too long before the test fails. */
const ATTEMPTS = 5

/** Measures how long an action takes, in seconds. */
export async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await action()
  return (performance.now() - began) / 1_000
}

/**
 * Expects that an action takes a certain time. Other work on the machine can only make it longer, never
 * shorter: so each attempt must take at least `least` seconds, and at least one of them less than `most`.
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
