/** The callers that wait for a turn, by owner. The owner whose turn is next comes first. */
const waiting = new Map<string, (() => void)[]>()
let isTaken = false

/**
 * Grants one turn in each round of this thread's event loop. Await it before reading a block, or encrypting
 * and sending one: otherwise, with hundreds of transfers in one thread, a small request would have to wait
 * for a block of each. Owners have their turns one after the other, however many transfers each of them has.
 * @param owner an account or an address, as in the `owner` of Blocks
 * @returns undefined if the turn is available at once
 */
export function turn(owner: string): Promise<void> | undefined {
  if (isTaken) return new Promise((resolve) => enqueue(owner, resolve))
  isTaken = true
  setImmediate(next)
  return undefined
}

function enqueue(owner: string, grant: () => void): void {
  const line = waiting.get(owner)
  if (line === undefined) waiting.set(owner, [grant])
  else line.push(grant)
}

function next(): void {
  const [first] = waiting
  isTaken = first !== undefined
  if (first === undefined) return
  setImmediate(next)
  const [owner, line] = first
  const grant = line.shift()
  // An owner that has had a turn goes to the end.
  waiting.delete(owner)
  if (line.length > 0) waiting.set(owner, line)
  grant?.()
}
