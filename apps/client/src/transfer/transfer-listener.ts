/** What a transfer is doing. */
export type Phase =
  /** Comparing what an earlier attempt left with the source. */
  | 'check'
  | 'transfer'
  /** Receiving what is appended to the file. */
  | 'follow'
  /** Waiting for the receiver's disk. */
  | 'commit'

/** Hears how one transfer goes. Must not throw. */
export interface TransferListener {
  phase(phase: Phase): void
  /** The whole size, as soon as it is known. */
  size(bytes: number): void
  /**
   * All bytes before this one are verified by their receiver; while checking, they have been compared. Goes back where
   * what was held does not fit.
   */
  moved(position: number): void
  /** An earlier attempt left `held` bytes, of which the first `position` are good. */
  resumed(position: number, held: number): void
}

/** Passes on what a transfer does, and calls `progressed` when it is further than ever. */
export function watched(listener: TransferListener, progressed: () => void): TransferListener {
  let best = 0
  return {
    phase: (phase) => listener.phase(phase),
    size: (bytes) => listener.size(bytes),
    resumed: (position, held) => listener.resumed(position, held),
    moved: (position) => {
      // A new attempt begins by saying where it stands: that is no progress.
      if (position > best) progressed()
      best = Math.max(best, position)
      listener.moved(position)
    },
  }
}
