import fs from 'node:fs'
import { type FileSystem, promptFiles } from '@ftp/files'
import { lock } from '../../lock.ts'

/**
 * The disk operations that receiving a file needs. A test can replace them to fail at any call or to simulate
 * a power cut.
 */
export interface LocalDisk extends FileSystem {
  /** The path that a link leads to; see realpath(3). */
  realpath(path: string): string
  /** @throws TransferError `taken_over` if another process holds the lock; see {@link lock} */
  lock(path: string): Disposable
}

/** The disk of this machine. */
export const localDisk: LocalDisk = { ...promptFiles, realpath: (path) => fs.realpathSync(path), lock }
