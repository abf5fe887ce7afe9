import type { FailureCode, TransferError } from '@ftp/protocol'
import type { Session } from '../session/session.ts'
import type { Batch } from '../transfer/batch.ts'
import type { TransferResult } from '../transfer/result.ts'
import type { TransferListener } from '../transfer/transfer-listener.ts'

/** One file to move. */
export interface Job {
  /** The file where it comes from. */
  readonly name: string
  /** Where it goes. */
  readonly to: string
  /** What reporters call it. Default: `name`. */
  readonly label?: string | undefined
  /** In bytes, where it is known. */
  readonly size?: number | undefined
  /** Settles when the directory that it goes into is there, or cannot be. Default: it is there. */
  readonly ready?: Promise<void> | undefined
  /** What can move it in one request with others of its target, if it is small. */
  readonly batch?: Batch | undefined
  /** Why an earlier job for the same file failed: that no longer counts, however this one ends. */
  readonly failedBefore?: FailureCode | undefined
  /** Prepares, then moves the file, in as many attempts as it takes. */
  move(session: Session, listener: TransferListener): Promise<TransferResult>
  /**
   * Called when it has ended.
   * @returns false if that is neither shown nor counted, because another job for the file follows
   */
  ended?(end: TransferResult | TransferError): boolean
}
