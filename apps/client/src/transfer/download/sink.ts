/** The destination of received bytes. */
export interface Sink {
  /** How many bytes an earlier run has left. They are not proven. */
  readonly size: number
  /** Whether written bytes cannot be taken back, so that only proven ones may be written. */
  readonly isFinal: boolean
  /** How many bytes the server may send ahead of acknowledgements: a multiple of BLOCK_SIZE. */
  readonly window: number
  read(buffer: Uint8Array, offset: number): Promise<number>
  /**
   * Resolves when `bytes` is no longer needed.
   * @param whole whether these bytes are the whole file, in which case a later attempt has nothing to
   *   continue
   */
  write(bytes: Uint8Array, offset: number, whole: boolean): Promise<void>
  /**
   * Resolves when the reader of the sink has taken everything that was written. Until then the sink holds
   * copies: a reader may take forever, and blocks are scarce.
   */
  passed(): Promise<void>
  /** Drops all bytes from `size` on. @throws TransferError `changed` if they cannot be taken back */
  truncate(size: number): Promise<void>
  /** @throws TransferError `no_space` if a file of `length` bytes does not fit */
  requireSpace(length: number): void
}
