/** The callers that wait for a turn. */
const waiting: (() => void)[] = []
let isTaken = false

/**
 * Grants one turn in each round of this thread's event loop. Await it before reading a block, or encrypting
 * and sending one: otherwise, with hundreds of transfers in one thread, a small request would have to wait
 * for a block of each.
 * @returns undefined if the turn is available at once
 */
export function turn(): Promise<void> | undefined {
  if (isTaken) return new Promise((resolve) => waiting.push(resolve))
  isTaken = true
  setImmediate(next)
  return undefined
}

function next(): void {
  const first = waiting.shift()
  isTaken = first !== undefined
  if (first === undefined) return
  setImmediate(next)
  first()
}
