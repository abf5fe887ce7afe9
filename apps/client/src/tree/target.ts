import type { Entry } from '@ftp/protocol'
import type { Job } from '../queue/job.ts'
import type { FolderTimes } from './folder-times.ts'
import type { Failed } from './tree.ts'

/**
 * The side of a copy or sync that is made like the other. Entries are those of the source; their names are
 * paths below the root of both.
 */
export interface Target extends Disposable {
  /** The times and permission bits that its directories should have in the end. */
  readonly times: FolderTimes
  /**
   * Makes a directory, or the root. A directory that exists is no error. Failures are returned by
   * {@link drain} and by every job in the directory.
   */
  make(folder: Entry): Promise<void>
  /** The name of an entry of the source, as the user knows it. */
  nameOf(entry: Entry): string
  /** The job that moves a file. */
  job(file: Entry): Job
  /** @throws TransferError `name` if the target cannot hold an entry of this name */
  requireName(entry: Entry): void
  /** Whether the target finds an existing entry under the name of an entry of the source, which differs in spelling. */
  isOneName(entry: Entry, there: Entry): Promise<boolean>
  /** Gives an existing entry the spelling of the source. */
  respell(entry: Entry, there: Entry): Promise<void>
  /**
   * Removes an entry with everything in it. Failures are returned by {@link drain}.
   * @returns whether it succeeds
   */
  remove(entry: Entry): Promise<Started>
  /** Whether an existing entry has the time and permission bits that it should have. */
  isLike(entry: Entry, there: Entry): boolean
  /**
   * Gives an existing file the time and permission bits that it should have. Failures are returned by
   * {@link drain}.
   * @returns whether it succeeds
   */
  setAttributes(file: Entry): Promise<Started>
  /** Waits until nothing is in progress. @returns the failures that have not been returned before */
  drain(): Promise<readonly Failed[]>
  /**
   * Gives directories the times and permission bits that they should have. Nothing in them may change
   * afterwards.
   */
  finish(): Promise<readonly Failed[]>
}

/** Work that goes on in the background. */
export interface Started {
  /** Resolves at its end. Never rejects. */
  readonly succeeded: Promise<boolean>
}

/** Whether permission bits are as wanted. Bits that one of the two file systems does not have make no difference. */
export function isSameMode(wanted: number | undefined, there: number | undefined): boolean {
  return wanted === undefined || there === undefined || wanted === there
}
