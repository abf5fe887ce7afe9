import { signal } from '@preact/signals'
import type { Entry } from '../api/entry.ts'

/** What the names of the entries that are shown contain. */
export const filter = signal('')

/** @returns the entries whose names contain the text, whatever their case and the form of their accents */
export function matching(entries: readonly Entry[], text: string): readonly Entry[] {
  const wanted = fold(text.trim())
  return wanted === '' ? entries : entries.filter(({ name }) => fold(name).includes(wanted))
}

/** The text without differences of case and of the form of accents. */
export function fold(text: string): string {
  const lower = text.toLowerCase()
  // Most names have nothing that could be written in two ways.
  return /^[\0-\x7f]*$/.test(lower) ? lower : lower.normalize('NFKD').replace(/\p{Mn}/gu, '')
}
