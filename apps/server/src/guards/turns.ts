/** Who waits for a turn. */
const waiting: (() => void)[] = []
let isTaken = false

/**
 * Gives one turn in each round of this thread's event loop. To be waited for before a block is read, or encrypted and sent: among
 * hundreds of transfers in one thread, a small request would otherwise wait for a block of each.
 * @returns undefined where it is there at once
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
