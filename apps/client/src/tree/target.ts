import type { Entry } from '@ftp/protocol'
import type { Job } from '../queue/job.ts'
import type { FolderTimes } from './folder-times.ts'
import type { Failed } from './tree.ts'

/** The side that becomes like another one. Entries are the source's, their names paths below the root of both. */
export interface Target extends Disposable {
  /** How its directories should be at the end. */
  readonly times: FolderTimes
  /** Makes a directory, its root too; one that is there is fine. Failures come from {@link drain}, and from every job in it. */
  make(folder: Entry): Promise<void>
  /** Something of the source, as the user knows it. */
  nameOf(entry: Entry): string
  /** What moves a file. */
  job(file: Entry): Job
  /** Removes something with all that is in it. Failures come from {@link drain}. */
  remove(entry: Entry): Promise<void>
  /** Whether something that is there has the time and permission bits that it should have. */
  isLike(entry: Entry, there: Entry): boolean
  /** Gives a file that is there the time and permission bits that it should have. Failures come from {@link drain}. */
  setAttributes(file: Entry): Promise<void>
  /** Waits for everything under way. @returns failures that have not been returned before */
  drain(): Promise<readonly Failed[]>
  /** Gives directories the times and permission bits that they should have; nothing in them may change any more. */
  finish(): Promise<readonly Failed[]>
}
