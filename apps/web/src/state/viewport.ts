import { signal } from '@preact/signals'

/** What of the list of entries is visible. Lengths are in pixels. */
export interface Viewport {
  /** How much of the list is above what is visible. */
  readonly top: number
  readonly height: number
  readonly rowHeight: number
  /** The entries in one row. */
  readonly columns: number
}

export const viewport = signal<Viewport>({ top: 0, height: 0, rowHeight: 40, columns: 1 })
