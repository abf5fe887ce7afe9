import { type ErrorCode, TransferError } from './errors.ts'
import { printable } from './names.ts'

/** On whose machine a file is, as messages say it. */
export type Place = 'here' | 'on the server'

/**
 * For each system error, its code and a description of what is wrong with the file or directory. `{place}` says whose
 * file system it is.
 */
const SYSTEM_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['not_found', 'there is no such file or directory {place}'],
  EACCES: ['forbidden', 'the file system {place} denies access'],
  EPERM: ['forbidden', 'the file system {place} does not permit it'],
  EROFS: ['forbidden', 'the file system {place} is read-only'],
  EEXIST: ['exists', 'it already exists {place}'],
  EISDIR: ['is_directory', 'it is a directory {place}'],
  ENOTDIR: ['not_directory', 'part of the path is not a directory {place}'],
  ENOTEMPTY: ['not_empty', 'the directory is not empty {place}'],
  ELOOP: ['not_file', 'it is a symbolic link {place}, which is neither followed nor replaced'],
  ENXIO: ['not_file', 'it is a pipe, socket or device {place}, which is neither read nor replaced'],
  ENAMETOOLONG: ['name', 'the name is too long for the file system {place}; choose a shorter one'],
  EINVAL: ['io', 'the file system {place} cannot do that'],
  ENOSPC: ['no_space', 'the disk {place} is full'],
  EDQUOT: ['quota', 'the disk quota {place} is used up'],
  EFBIG: ['too_large', 'the file is too large for the file system {place}'],
  EMFILE: ['busy', 'too many files are open {place}'],
  ENFILE: ['busy', 'too many files are open {place}'],
  ENOMEM: ['busy', 'the system {place} is out of memory'],
  EBUSY: ['busy', 'another program {place} is using it'],
  EIO: ['io', 'the disk {place} reported an input/output error'],
  EXDEV: [
    'forbidden',
    'it cannot be moved to another file system {place}; copy it, then remove the original',
  ],
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
 * @param place whose file system it is; `''` if that goes without saying
 */
export function fromErrno(error: unknown, what = pathIn(error), place: Place | '' = 'here'): TransferError {
  if (error instanceof TransferError) return error
  const errno = errnoOf(error) ?? ''
  const known = Object.hasOwn(SYSTEM_ERRORS, errno) ? SYSTEM_ERRORS[errno] : undefined
  if (known === undefined) return TransferError.from(error)
  const [code, words] = known
  // A server that is busy refuses for now; nobody has refused anything here.
  const reason = code === 'busy' && place !== 'on the server' ? 'exhausted' : code
  const where = place === '' ? '' : ` ${place}`
  return new TransferError(reason, `${what}: ${words.replace(' {place}', where)}`, { cause: error })
}

function pathIn(error: unknown): string {
  return error instanceof Error && 'path' in error ? `"${printable(String(error.path))}"` : 'a file'
}
