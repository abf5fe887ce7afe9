/** The right to write to one upload. Disposing of the lease releases it. */
export interface Lease extends Disposable {
  /**
   * Aborted with `taken_over` if a newer connection asks for the same upload. The holder must then stop and
   * dispose of the lease.
   */
  readonly signal: AbortSignal
}

/** Hands out at most one lease per key at a time, across all threads. */
export interface Leases {
  /**
   * Waits for the lease. If it is held, the holder is asked to stop: usually the holder is the same client,
   * on an older connection that has broken.
   * @param signal its abort ends the wait with the signal's reason
   * @throws TransferError `busy` if the holder does not release the lease in time
   */
  acquire(key: string, signal?: AbortSignal): Promise<Lease>
}
