import type { Entry } from '@ftp/protocol'
import type { Job } from '../job.ts'
import type { FolderTimes } from './folder-times.ts'
import type { Failed } from './tree.ts'

/** The side that becomes like another one. Entries are the source's, their names paths below the root of both. */
export interface Target extends Disposable {
  /** How its directories should be at the end. */
  readonly times: FolderTimes
  /** Makes a directory, its root too; one that is there is fine. What fails is told at the end, and by every job in it. */
  make(folder: Entry): Promise<void>
  /** Something of the source, as the user knows it. */
  nameOf(entry: Entry): string
  /** What moves a file. */
  job(file: Entry): Job
  /** Removes something with all that is in it. What fails is told at the end. */
  remove(entry: Entry): Promise<void>
  /** Whether a directory that is there has the time and permission bits that it should have. */
  isLike(folder: Entry, there: Entry): boolean
  /** Gives directories the times and permission bits that they should have; nothing in them may change any more. */
  finish(): Promise<readonly Failed[]>
}
