import { inSlices, type SliceOptions } from './slices.ts'

/** The number of items that are sorted at once: a few milliseconds' work. */
const RUN = 2_000
/** How many items are merged between two looks at the clock. */
const STRIDE = 500

/**
 * Sorts any number of items without keeping the page from anything else: it pauses after every few milliseconds.
 * @returns a new array; the order of equal items is kept
 * @throws what the signal was aborted with
 */
export async function sortInSlices<T>(
  items: readonly T[],
  compare: (one: T, other: T) => number,
  options: SliceOptions = {},
): Promise<readonly T[]> {
  const rest = inSlices(options)
  let runs: (readonly T[])[] = []
  for (let start = 0; start < items.length; start += RUN) {
    runs.push(items.slice(start, start + RUN).sort(compare))
    await rest()
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = []
    for (let i = 0; i < runs.length; i += 2)
      merged.push(await merge(runs[i] ?? [], runs[i + 1] ?? [], { compare, rest }))
    runs = merged
  }
  return runs[0] ?? []
}

interface Merging<T> {
  readonly compare: (one: T, other: T) => number
  readonly rest: () => Promise<void>
}

async function merge<T>(
  left: readonly T[],
  right: readonly T[],
  { compare, rest }: Merging<T>,
): Promise<readonly T[]> {
  const merged: T[] = []
  const [lefts, rights] = [left[Symbol.iterator](), right[Symbol.iterator]()]
  let [one, other] = [lefts.next(), rights.next()]
  while (one.done !== true || other.done !== true) {
    if (merged.length % STRIDE === 0) await rest()
    if (other.done === true || (one.done !== true && compare(one.value, other.value) <= 0)) {
      if (one.done !== true) merged.push(one.value)
      one = lefts.next()
    } else {
      merged.push(other.value)
      other = rights.next()
    }
  }
  return merged
}
