import type { Run } from '../session/session.ts'
import type { Batch } from '../transfer/batch.ts'
import type { TransferListener } from '../transfer/listener.ts'
import type { TransferResult } from '../transfer/result.ts'

/** One file to move. */
export interface Job {
  /** The file as the user knows it. */
  readonly name: string
  /** Where it goes. */
  readonly to: string
  /** In bytes, where it is known. */
  readonly size?: number | undefined
  /** What can move it in one request with others of its target, if it is small. */
  readonly batch?: Batch | undefined
  /** Prepares, then moves the file; `run` repeats its action on a new connection while the old one is lost. */
  move(run: Run, listener: TransferListener): Promise<TransferResult>
}
