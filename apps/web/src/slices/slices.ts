/** How long the page may be kept from answering its user, in milliseconds. */
const SLICE_MS = 12

export interface SliceOptions {
  readonly signal?: AbortSignal | undefined
  /** Lets everything else happen. */
  readonly pause?: () => Promise<void>
}

/**
 * Divides long work into slices of a few milliseconds, between which the page answers its user.
 * @returns to be called again and again during the work; it pauses if the present slice has lasted long enough, and
 * throws what the signal was aborted with
 */
export function inSlices({ signal, pause = nextTask }: SliceOptions = {}): () => Promise<void> {
  let began = performance.now()
  return async () => {
    if (performance.now() - began < SLICE_MS) return
    await pause()
    signal?.throwIfAborted()
    began = performance.now()
  }
}

/** After what waits to be done, such as input and painting. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve)
  })
}
