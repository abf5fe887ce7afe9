/** What a transfer is doing at the moment. */
export type Phase =
  /** Comparing the bytes that an earlier attempt has left with the source. */
  | 'check'
  | 'transfer'
  /** Receiving bytes as they are appended to the file. */
  | 'follow'
  /** Waiting for the disk of the receiver. */
  | 'commit'

/** Receives the events of one transfer. Must not throw. */
export interface TransferListener {
  phase(phase: Phase): void
  /** The size of the whole file, as soon as it is known. */
  size(bytes: number): void
  /**
   * The receiver has verified all bytes before this position or, in the phase `check`, compared them. The
   * position goes back if held bytes do not match.
   */
  moved(position: number): void
  /** An earlier attempt left `held` bytes, of which the first `position` are good. */
  resumed(position: number, held: number): void
  /**
   * Called every second with the time for which the server has been silent although it has to answer, in
   * milliseconds.
   */
  silent?(ms: number): void
}

/** Passes every event on, and calls `progressed` when the transfer is further than ever before. */
export function watched(listener: TransferListener, progressed: () => void): TransferListener {
  let best = 0
  return {
    phase: (phase) => listener.phase(phase),
    size: (bytes) => listener.size(bytes),
    resumed: (position, held) => listener.resumed(position, held),
    silent: (ms) => listener.silent?.(ms),
    moved: (position) => {
      // A new attempt begins by reporting its position, which is no progress.
      if (position > best) progressed()
      best = Math.max(best, position)
      listener.moved(position)
    },
  }
}
