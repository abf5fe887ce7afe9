import { batch, computed, signal } from '@preact/signals'
import type { Entry } from '../api/entry.ts'
import { positions, shown } from './shown.ts'

/** The names that are selected. */
export const selected = signal<ReadonlySet<string>>(new Set())
/** The name that the keyboard acts on. */
export const focused = signal<string | undefined>(undefined)
/** Where the selection of a range began. */
let anchor: string | undefined

/** The selected entries that are shown, in order. */
export const selection = computed<readonly Entry[]>(() => {
  const names = selected.value
  return names.size === 0 ? [] : shown.value.filter(({ name }) => names.has(name))
})

export function selectOnly(name: string): void {
  anchor = name
  set(new Set([name]), name)
}

export function toggle(name: string): void {
  anchor = name
  const names = new Set(selected.value)
  if (!names.delete(name)) names.add(name)
  set(names, name)
}

/** Selects everything from where the selection began to this name. */
export function selectTo(name: string): void {
  const to = positions.value.get(name)
  if (to === undefined) return
  const from = positions.value.get(anchor ?? name) ?? to
  const range = shown.value.slice(Math.min(from, to), Math.max(from, to) + 1)
  set(new Set(range.map((entry) => entry.name)), name)
}

export function selectAll(): void {
  set(new Set(shown.value.map(({ name }) => name)), focused.value)
}

export function selectNothing(): void {
  anchor = undefined
  set(new Set(), focused.value)
}

/** Moves the focus without changing what is selected. */
export function focusOn(name: string | undefined): void {
  anchor = name
  focused.value = name
}

/**
 * Moves the focus, and the selection with it.
 * @param distance in entries, backwards if negative; it ends at the first and last one
 */
export function moveBy(distance: number, isExtending: boolean): void {
  const entries = shown.value
  // Without a focus, the way begins before the first entry or, backwards, behind the last one.
  const at = positions.value.get(focused.value ?? '') ?? (distance < 0 ? entries.length : -1)
  const to = at + distance
  const name = entries[Math.max(0, Math.min(entries.length - 1, to))]?.name
  if (name === undefined) return
  if (isExtending) selectTo(name)
  else selectOnly(name)
}

function set(names: ReadonlySet<string>, focus: string | undefined): void {
  batch(() => {
    selected.value = names
    focused.value = focus
  })
}
