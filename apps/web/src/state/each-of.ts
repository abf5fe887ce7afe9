/** How many requests the page sends at a time, so that the connections of the browser suffice for others. */
const AT_ONCE = 4

/**
 * Does the same for each item, a few at a time. A failure does not keep the others from being done.
 * @returns what was thrown, in any order
 */
export async function eachOf<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<unknown[]> {
  const failures: unknown[] = []
  const rest = items.values()
  const work = async (): Promise<void> => {
    for (const item of rest)
      try {
        await action(item)
      } catch (error) {
        failures.push(error)
      }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return failures
}
