import type { FailureCode, TransferError } from '@ftp/protocol'
import type { Session } from '../session/session.ts'
import type { Batch } from '../transfer/batch.ts'
import type { TransferResult } from '../transfer/result.ts'
import type { TransferListener } from '../transfer/transfer-listener.ts'

/** A file to transfer. */
export interface Job {
  /** The path of the source. */
  readonly name: string
  /** The path of the target. */
  readonly to: string
  /** The name that reporters show. Default: `name`. */
  readonly label?: string | undefined
  /** In bytes; undefined if it is not known. */
  readonly size?: number | undefined
  /** Resolves when the target's directory exists, and rejects if it cannot be made. Default: it exists. */
  readonly ready?: Promise<void> | undefined
  /** The batch that can move this file in one request with others of the same target, if it is small. */
  readonly batch?: Batch | undefined
  /** Why an earlier job for the same file failed. That failure no longer counts, however this job ends. */
  readonly failedBefore?: FailureCode | undefined
  /** Prepares and moves the file, in as many attempts as it takes. */
  move(session: Session, listener: TransferListener): Promise<TransferResult>
  /**
   * Called when the job has ended.
   * @returns false if that end is neither shown nor counted, because another job for the file follows
   */
  ended?(end: TransferResult | TransferError): boolean
}
