import { type ErrorCode, TransferError } from './errors.ts'
import { printable } from './names.ts'

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'not_found',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'forbidden',
  EEXIST: 'exists',
  EISDIR: 'is_directory',
  ENOTDIR: 'not_directory',
  ENOTEMPTY: 'not_empty',
  ELOOP: 'not_file',
  ENXIO: 'not_file',
  ENAMETOOLONG: 'name',
  EINVAL: 'io',
  ENOSPC: 'no_space',
  EDQUOT: 'quota',
  EFBIG: 'too_large',
  EMFILE: 'busy',
  ENFILE: 'busy',
  ENOMEM: 'busy',
  EBUSY: 'busy',
  EIO: 'io',
  EXDEV: 'forbidden',
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  EACCES: 'permission denied by the file system',
  EPERM: 'not permitted by the file system',
  EROFS: 'the file system is read-only',
  EEXIST: 'it already exists',
  EISDIR: 'it is a directory',
  ENOTDIR: 'part of the path is not a directory',
  ENOTEMPTY: 'the directory is not empty',
  ENAMETOOLONG: 'the name is too long for the file system',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is too large for the file system',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ELOOP: 'it is a symbolic link, and links are not followed',
  ENXIO: 'it is a pipe or socket',
  EXDEV: 'it cannot be moved to another file system; copy it there and remove it here',
  EBUSY: 'something is using it',
  EIO: 'the disk reported an input/output error',
}

/** The errno name (`ENOENT`, …) of a caught system error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return error.code
}

/**
 * Turns a caught file-system error into a TransferError about `what`. Anything that is not a known errno is
 * `internal`: a fault of ours, not of the disk.
 * @param what what was being touched, in quotes where it is a name; by default the path that the system tells, which is
 * for people who use this machine only
 */
export function fromErrno(error: unknown, what = pathIn(error)): TransferError {
  if (error instanceof TransferError) return error
  const errno = errnoOf(error) ?? ''
  const code = Object.hasOwn(CODES, errno) ? CODES[errno] : undefined
  if (code === undefined) return TransferError.from(error)
  return new TransferError(code, `${what}: ${WORDS[errno] ?? errno}`, { cause: error })
}

function pathIn(error: unknown): string {
  return error instanceof Error && 'path' in error ? `"${printable(String(error.path))}"` : 'a file here'
}
