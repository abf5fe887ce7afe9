/** Where received bytes go. */
export interface Sink {
  /** Bytes of an earlier run, not proven. */
  readonly size: number
  /** Whether it takes nothing back: it is given proven bytes only. */
  readonly isFinal: boolean
  read(buffer: Uint8Array, offset: number): Promise<number>
  /**
   * Resolves when nothing needs `bytes` any more.
   * @param whole whether they are the whole file: then there is nothing that a later attempt could continue
   */
  write(bytes: Uint8Array, offset: number, whole: boolean): Promise<void>
  /** Drops everything from `size` on. @throws TransferError `changed` where that cannot be undone */
  truncate(size: number): Promise<void>
  /** @throws TransferError `no_space` */
  requireSpace(length: number): void
}
