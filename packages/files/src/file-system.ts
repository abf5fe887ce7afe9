import fs, { type BigIntStats } from 'node:fs'
import { promisify } from 'node:util'
import { errnoOf } from '@ftp/protocol'
import { holdsMount } from './mounts.ts'
import { namesIn } from './names.ts'
import { spellingByListing, spellingByPath, windowsNameProblem } from './naming.ts'
import { renameOverReadOnly } from './read-only.ts'

/** The part of the result of stat(2) that the storage uses. */
export type Stats = Pick<
  BigIntStats,
  | 'dev'
  | 'ino'
  | 'size'
  | 'mode'
  | 'nlink'
  | 'mtimeNs'
  | 'ctimeNs'
  | 'mtimeMs'
  | 'ctimeMs'
  | 'isFile'
  | 'isDirectory'
  | 'isSymbolicLink'
>

/**
 * The system calls on which the disk storage is built. All its operations on files go through them, so that a
 * test can simulate a disk that fails at any call or loses its power. They throw the errors of the system.
 *
 * Short calls are synchronous; calls that transfer bytes or wait for the disk run in the thread pool.
 */
export interface FileSystem {
  open(path: string, flags: number, mode?: number): number
  /**
   * Never fails: whatever must be durable has been synced before, and the descriptor is released even if the
   * disk reports an error.
   */
  close(fd: number): void
  fstat(fd: number): Stats
  /** The status of the entry at `path` itself, never of a link's target. */
  lstat(path: string): Stats
  /** As lstat, but undefined if nothing exists there. */
  find(path: string): Stats | undefined
  statfs(path: string): { readonly bavail: number; readonly bsize: number }
  /** The names in a directory; those of a large one are read in pages. Bytes that are not UTF-8 become U+FFFD. */
  names(path: string): Generator<string, void>
  /** The names in a directory as raw bytes, all at once. */
  rawNames(path: string): Buffer[]
  /**
   * Explains why a folder cannot have `name`, because the file system could not store it, or would open something else
   * under it; undefined if it can. Says nothing of names that no system can store: see `nameProblem` of the protocol.
   */
  nameProblem(folder: string, name: string): string | undefined
  /**
   * The name under which a folder lists what exists under `name`; `name` itself if nothing does. It is another one
   * only on file systems that fold the case or the accents of names.
   */
  spelling(folder: string, name: string): string
  /**
   * Whether another file system, or another part of this one, is mounted on a directory or anywhere below it.
   */
  holdsMount(path: string): boolean
  mkdir(path: string): void
  rmdir(path: string): void
  link(from: string, to: string): void
  rename(from: string | Buffer, to: string): void
  unlink(path: string): void
  fchmod(fd: number, mode: number): void
  /** Times are seconds since 1970, as text: see `toUtime`. */
  futimes(fd: number, atime: string, mtime: string): void
  /** As fchmod and futimes, for the target of the path. */
  chmod(path: string, mode: number): void
  utimes(path: string, atime: string, mtime: string): void
  read(
    fd: number,
    buffer: Uint8Array,
    start: number,
    length: number,
    at: number,
  ): Promise<{ bytesRead: number }>
  write(
    fd: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    at: number,
  ): Promise<{ bytesWritten: number }>
  /**
   * As read and write, but synchronous. Use them for few bytes: the thread pool would take longer than the
   * calls themselves.
   */
  readNow(fd: number, buffer: Uint8Array, start: number, length: number, at: number): number
  writeNow(fd: number, bytes: Uint8Array, start: number, length: number, at: number): number
  ftruncate(fd: number, size: number): Promise<void>
  fsync(fd: number): Promise<void>
}

/** The maximum number of bytes that are read or written synchronously. */
export const FEW_BYTES = 65_536

/** The file system of this machine. */
export const systemFiles: FileSystem = {
  open: fs.openSync,
  close(fd) {
    try {
      fs.closeSync(fd)
    } catch (error) {
      if (errnoOf(error) === 'EBADF') throw error
    }
  },
  fstat: (fd) => fs.fstatSync(fd, { bigint: true }),
  lstat: (path) => fs.lstatSync(path, { bigint: true }),
  find: (path) => fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }),
  statfs: (path) => fs.statfsSync(path),
  names: namesIn,
  rawNames: (path) => fs.readdirSync(path, { encoding: 'buffer' }),
  nameProblem: (folder, name) =>
    process.platform === 'win32' ? windowsNameProblem(systemFiles, folder, name) : undefined,
  spelling: (folder, name) =>
    process.platform === 'win32' || process.platform === 'darwin'
      ? spellingByPath(systemFiles, folder, name)
      : spellingByListing(systemFiles, folder, name),
  holdsMount,
  mkdir: (path) => void fs.mkdirSync(path),
  rmdir: (path) => fs.rmdirSync(path),
  link: fs.linkSync,
  rename: process.platform === 'win32' ? renameOverReadOnly : fs.renameSync,
  unlink: fs.unlinkSync,
  fchmod: fs.fchmodSync,
  futimes: fs.futimesSync,
  chmod: fs.chmodSync,
  utimes: fs.utimesSync,
  read: promisify(fs.read),
  write: promisify(fs.write),
  readNow: fs.readSync,
  writeNow: fs.writeSync,
  ftruncate: promisify(fs.ftruncate),
  fsync: promisify(fs.fsync),
}

/** The same without syncs: a power loss may destroy what was stored last, even parts of a file. */
export const scratchFiles: FileSystem = { ...systemFiles, fsync: async () => {} }
