import type { Transfer } from '../transfer/transfer.ts'
import type { FolderMaker } from './folder-maker.ts'
import type { ClashChoice } from './upload.ts'

/** What was chosen at once: about names that exist, the user is asked once for all of it. */
export interface Batch {
  readonly folders: FolderMaker
  choice: ClashChoice | undefined
}

/** What the queue knows about an upload, and nobody else needs to. */
export interface Job {
  readonly batch: Batch
  transfer: Transfer | undefined
  /** Stops the attempt that is running. */
  stop: AbortController | undefined
  /** The number of the copy, if both files are kept. */
  copy: number
  isCancelled: boolean
}

/** Removes what the server has of an upload that is given up. If that fails, the page shows it as unfinished later. */
export function discard(job: Job): void {
  job.transfer?.discard(new AbortController().signal).catch(() => {})
  job.transfer = undefined
}
