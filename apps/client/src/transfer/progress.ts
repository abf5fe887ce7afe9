import type { Phase, TransferListener } from './transfer-listener.ts'

/** The state of a transfer. */
export interface Progress {
  readonly phase: Phase
  /**
   * The bytes of the file that its receiver has verified; in the phase `check`, those that have been
   * compared.
   */
  readonly bytes: number
  /** The size of the file; undefined until it is known. */
  readonly total: number | undefined
}

/** Returns a listener that reports every change as one value. */
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
