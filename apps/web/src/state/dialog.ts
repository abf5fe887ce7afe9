import { signal } from '@preact/signals'
import type { ComponentChild } from 'preact'

/** The dialog that is open; it is closed by setting another one, or none. */
export const openDialog = signal<ComponentChild>(undefined)

export function closeDialog(): void {
  openDialog.value = undefined
}
