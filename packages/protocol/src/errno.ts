import { type ErrorCode, TransferError } from './errors.ts'
import { printable } from './names.ts'

/** For each system error, its code and a description of what is wrong with the file or directory. */
const SYSTEM_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['not_found', 'there is no such file or directory'],
  EACCES: ['forbidden', 'permission denied by the file system'],
  EPERM: ['forbidden', 'not permitted by the file system'],
  EROFS: ['forbidden', 'the file system is read-only'],
  EEXIST: ['exists', 'it already exists'],
  EISDIR: ['is_directory', 'it is a directory'],
  ENOTDIR: ['not_directory', 'part of the path is not a directory'],
  ENOTEMPTY: ['not_empty', 'the directory is not empty'],
  ELOOP: ['not_file', 'it is a symbolic link, which is neither followed nor replaced'],
  ENXIO: ['not_file', 'it is a pipe, socket or device'],
  ENAMETOOLONG: ['name', 'the name is too long for the file system'],
  EINVAL: ['io', 'the file system cannot do that'],
  ENOSPC: ['no_space', 'the disk is full'],
  EDQUOT: ['quota', 'the disk quota is used up'],
  EFBIG: ['too_large', 'the file is too large for the file system'],
  EMFILE: ['busy', 'too many files are open'],
  ENFILE: ['busy', 'too many files are open'],
  ENOMEM: ['busy', 'the system is out of memory'],
  EBUSY: ['busy', 'something is using it'],
  EIO: ['io', 'the disk reported an input/output error'],
  EXDEV: ['forbidden', 'it cannot be moved to another file system; copy it there and remove it here'],
}

/** The errno name (`ENOENT`, …) of a caught system error; undefined if there is none. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return error.code
}

/**
 * Converts a caught file-system error to a TransferError about `what`. Anything without a known errno is
 * `internal`: a fault of the program, not of the disk.
 * @param what the file or other object, in quotes if it is a name; by default the path in the system error,
 * which only people on this machine may see
 */
export function fromErrno(error: unknown, what = pathIn(error)): TransferError {
  if (error instanceof TransferError) return error
  const errno = errnoOf(error) ?? ''
  const known = Object.hasOwn(SYSTEM_ERRORS, errno) ? SYSTEM_ERRORS[errno] : undefined
  if (known === undefined) return TransferError.from(error)
  const [code, words] = known
  return new TransferError(code, `${what}: ${words}`, { cause: error })
}

function pathIn(error: unknown): string {
  return error instanceof Error && 'path' in error ? `"${printable(String(error.path))}"` : 'a file here'
}
