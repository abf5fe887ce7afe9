import type { Connection } from './connection/connection.ts'
import type { Run } from './session.ts'
import type { TransferListener } from './transfer/listener.ts'
import type { Moved } from './transfer/moved.ts'

/** One file to move. */
export interface Job {
  /** The file as the user knows it. */
  readonly name: string
  /** Where it goes. */
  readonly to: string
  /** In bytes, where it is known. */
  readonly size?: number | undefined
  /**
   * Moves it in one frame each way, without a second attempt: what most files of a tree need.
   * @returns undefined where it takes more than that
   * @throws TransferError also where {@link move} would try again
   */
  readonly moveAtOnce?: (connection: Connection) => Promise<Moved | undefined>
  /** Prepares, then moves the file; `run` repeats its action on a new connection while the old one is lost. */
  move(run: Run, listener: TransferListener): Promise<Moved>
}
