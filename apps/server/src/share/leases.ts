/** The right to write to one upload. Disposing of it gives it back. */
export interface Lease extends Disposable {
  /** Aborted with `taken_over` when a newer connection asks for the same upload; then stop and dispose. */
  readonly signal: AbortSignal
}

/** Hands out one lease for each key across all threads. */
export interface Leases {
  /**
   * Waits for the lease; a holder is asked to stop, because it is most often the same client before its connection
   * broke.
   * @param signal its abort ends the wait with its reason
   * @throws TransferError `busy` when the holder does not let go in time
   */
  acquire(key: string, signal?: AbortSignal): Promise<Lease>
}
