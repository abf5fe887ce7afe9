import { effect, signal } from '@preact/signals'
import { recordOf } from '../api/parse.ts'
import type { SortOrder } from './sort.ts'
import { readStored, store } from './stored.ts'

export type Layout = 'list' | 'grid'

const KEY = 'ftp-preferences'

/** How the user wants folders to be shown; this browser remembers it. */
export const sortOrder = signal<SortOrder>({ key: 'name', isDescending: false })
export const layout = signal<Layout>('list')

/** Takes over what this browser remembers, and lets it remember every change. */
export function rememberPreferences(): void {
  const stored = recordOf(readStored(KEY))
  const { key, isDescending } = recordOf(stored['sortOrder'])
  if (key === 'name' || key === 'time' || key === 'size')
    sortOrder.value = { key, isDescending: isDescending === true }
  if (stored['layout'] === 'grid') layout.value = 'grid'
  effect(() => {
    store(KEY, { sortOrder: sortOrder.value, layout: layout.value })
  })
}
