import { signal } from '@preact/signals'
import type { Path } from '../api/path.ts'

/** What the user wants to paste into another folder. */
export interface Clipboard {
  readonly mode: 'move' | 'copy'
  readonly folder: Path
  readonly names: readonly string[]
}

export const clipboard = signal<Clipboard | undefined>(undefined)
