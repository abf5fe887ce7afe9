import type { Phase, TransferListener } from './transfer-listener.ts'

/** Where a transfer stands. */
export interface Progress {
  readonly phase: Phase
  /** The file's bytes that its receiver has verified; while checking, those that have been compared. */
  readonly bytes: number
  /** Size of the file; undefined while nobody knows. */
  readonly total: number | undefined
}

/** Tells all that happens as one value. */
export function toListener(onProgress: ((progress: Progress) => void) | undefined): TransferListener {
  let progress: Progress = { phase: 'transfer', bytes: 0, total: undefined }
  const tell = (change: Partial<Progress>): void => {
    progress = { ...progress, ...change }
    onProgress?.(progress)
  }
  return {
    phase: (phase) => tell({ phase }),
    size: (total) => tell({ total }),
    moved: (bytes) => tell({ bytes }),
    resumed: (bytes) => tell({ bytes }),
  }
}
