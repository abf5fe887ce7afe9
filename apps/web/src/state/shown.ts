import { computed, effect, signal } from '@preact/signals'
import type { Entry } from '../api/entry.ts'
import { sortInSlices } from '../slices/sliced-sort.ts'
import { filter, matching } from './filter.ts'
import { folder } from './folder.ts'
import { sortOrder } from './preferences.ts'
import { removing } from './removal.ts'
import { comparison } from './sort.ts'

/** The entries of the folder, sorted; undefined before the first of them have been. */
const sorted = signal<readonly Entry[] | undefined>(undefined)

/** The entries that the user sees, in order. */
export const shown = computed<readonly Entry[]>(() => {
  const hidden = removing.value
  const entries = matching(sorted.value ?? [], filter.value)
  return hidden.size === 0 ? entries : entries.filter(({ name }) => !hidden.has(name))
})

/** Where each entry stands among those that are shown, by name. */
export const positions = computed<ReadonlyMap<string, number>>(
  () => new Map(shown.value.map(({ name }, index) => [name, index])),
)

/** Whether nothing is shown because nothing is there. */
export const isEmpty = computed(
  () => !folder.value.isLoading && folder.value.error === undefined && sorted.value?.length === 0,
)

/** Sorts the folder whenever it or the order changes. */
export function keepSorted(): void {
  let latest = new AbortController()
  let shownPath = folder.value.path
  effect(() => {
    latest.abort()
    latest = new AbortController()
    const { signal } = latest
    const { path, entries } = folder.value
    if (path !== shownPath) sorted.value = undefined
    shownPath = path
    sortInSlices(entries, comparison(sortOrder.value), { signal }).then(
      (result) => {
        if (!signal.aborted) sorted.value = result
      },
      () => {},
    )
  })
}
