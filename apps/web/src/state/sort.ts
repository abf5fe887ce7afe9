import type { Entry } from '../api/entry.ts'
import { lazily } from '../format/lazily.ts'

export type SortKey = 'name' | 'time' | 'size'

export interface SortOrder {
  readonly key: SortKey
  readonly isDescending: boolean
}

/** Compares names as people sort them: `Photo 2` before `Photo 10`, `a` beside `A`. */
const nameOrder = lazily(() => new Intl.Collator(undefined, { numeric: true }).compare)

/** The order of entries: folders first, and those that are otherwise equal by name. */
export function comparison({ key, isDescending }: SortOrder): (one: Entry, other: Entry) => number {
  const sign = isDescending ? -1 : 1
  const compareNames = nameOrder()
  return (one, other) => {
    if (one.type !== other.type) {
      if (one.type === 'folder') return -1
      if (other.type === 'folder') return 1
    }
    const difference = key === 'name' ? 0 : one[key] - other[key]
    return sign * (difference || compareNames(one.name, other.name))
  }
}
