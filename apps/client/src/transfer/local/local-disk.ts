import fs from 'node:fs'
import { type FileSystem, promptFiles } from '@ftp/files'
import { lock } from './lock.ts'

/** What receiving a file asks of the disk. A test can stand in for it: fail at any call, or lose its power. */
export interface LocalDisk extends FileSystem {
  /** The path that a link leads to, see realpath(3). */
  realpath(path: string): string
  /** @throws TransferError `taken_over` when another process holds the lock, see {@link lock} */
  lock(path: string): Disposable
}

/** This machine's own. */
export const localDisk: LocalDisk = { ...promptFiles, realpath: (path) => fs.realpathSync(path), lock }
