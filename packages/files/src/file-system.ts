import fs, { type BigIntStats } from 'node:fs'
import { promisify } from 'node:util'
import { errnoOf } from '@ftp/protocol'
import { holdsMount } from './mounts.ts'

/** What stat(2) tells, as far as the storage looks at it. */
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
 * The system calls that the disk storage is made of. Everything it does to files goes through one of these, so that
 * a test can stand in for the disk: fail at any call, or lose its power. They throw what the system answers.
 *
 * Short calls are synchronous; those that move bytes or wait for the disk run in the thread pool.
 */
export interface FileSystem {
  open(path: string, flags: number, mode?: number): number
  /** Does not fail: what must last has been synced before, and the descriptor is gone whatever the disk says. */
  close(fd: number): void
  fstat(fd: number): Stats
  /** Of what is at `path` itself, never of a link's target. */
  lstat(path: string): Stats
  /** As lstat, and undefined where there is nothing. */
  find(path: string): Stats | undefined
  statfs(path: string): { readonly bavail: number; readonly bsize: number }
  /** The names in a directory, in pages. Bytes that are not UTF-8 come as U+FFFD. */
  names(path: string): Generator<string, void>
  /** The names in a directory as they are, all at once. */
  rawNames(path: string): Buffer[]
  /** Whether another file system, or another part of this one, is mounted on a directory or anywhere below it. */
  holdsMount(path: string): boolean
  mkdir(path: string): void
  rmdir(path: string): void
  link(from: string, to: string): void
  rename(from: string | Buffer, to: string): void
  unlink(path: string): void
  fchmod(fd: number, mode: number): void
  /** Times in seconds since 1970, as text: see `toUtime`. */
  futimes(fd: number, atime: string, mtime: string): void
  /** As fchmod and futimes, of what the path leads to. */
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
  /** As read and write, for few bytes: a way to the thread pool and back takes longer than they do. */
  readNow(fd: number, buffer: Uint8Array, start: number, length: number, at: number): number
  writeNow(fd: number, bytes: Uint8Array, start: number, length: number, at: number): number
  ftruncate(fd: number, size: number): Promise<void>
  fsync(fd: number): Promise<void>
}

/** Up to how many bytes are few, so that they are moved at once. */
export const FEW_BYTES = 65_536

/** The machine's own. */
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
  *names(path) {
    using handle = fs.opendirSync(path, { bufferSize: 256 })
    for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) yield entry.name
  },
  rawNames: (path) => fs.readdirSync(path, { encoding: 'buffer' }),
  holdsMount,
  mkdir: (path) => void fs.mkdirSync(path),
  rmdir: (path) => fs.rmdirSync(path),
  link: fs.linkSync,
  rename: fs.renameSync,
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

/** The same without waiting for the disk: a power cut may take what was last stored, also in the middle of a file. */
export const scratchFiles: FileSystem = { ...systemFiles, fsync: async () => {} }
