import { constants } from 'node:fs'
import path from 'node:path'
import { type FileSystem, type Folder, syncFolder, systemFiles } from '@ftp/files'
import { errnoOf, formatPath, fromErrno, printable, type RemotePath, TransferError } from '@ftp/protocol'

const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_RDONLY } = constants
const PINNED = process.platform === 'linux'

/**
 * A directory that is held open, so that every operation acts on this very directory even if somebody renames
 * it or swaps a link into its path meanwhile.
 *
 * Node.js has no openat(2), but on Linux `/proc/self/fd/<fd>/<name>` is equivalent. On other systems the path
 * itself is used: links are refused if they are noticed, but a local user who swaps one in at the right
 * moment is not stopped.
 */
export class Directory implements Folder, Disposable {
  readonly fs: FileSystem
  readonly fd: number
  /** The device number of the served root's file system. */
  readonly rootDevice: bigint
  readonly #path: string

  private constructor(fs: FileSystem, fd: number, path: string, rootDevice = fs.fstat(fd).dev) {
    this.fs = fs
    this.fd = fd
    this.#path = path
    this.rootDevice = rootDevice
  }

  /** Opens the served root. The path that the operator gives may contain links. */
  static root(directory: string, fs: FileSystem = systemFiles): Directory {
    return new Directory(fs, fs.open(directory, O_RDONLY | O_DIRECTORY), path.resolve(directory))
  }

  /**
   * Opens the directory `names` below this one, component by component, following no link.
   * @throws TransferError `not_found`, `not_directory`, or `forbidden` if there is a link
   */
  descend(names: readonly string[]): Directory {
    let directory: Directory | undefined
    for (const [depth, name] of names.entries()) {
      // Each directory on the way is closed as soon as the next one is open, but this directory stays open.
      using above = directory
      try {
        directory = (above ?? this).#open(name)
      } catch (error) {
        throw explain(error, above ?? this, names.slice(0, depth + 1))
      }
    }
    return directory ?? this.#reopen()
  }

  /** @throws TransferError `name` if this file system could not store `name`, or would open something else under it */
  requireName(name: string): void {
    const problem = this.fs.nameProblem(this.self, name)
    if (problem !== undefined) throw new TransferError('name', `"${printable(name)}": ${problem}`)
  }

  /** The path for system calls on `name` in this directory. @throws those of {@link requireName} */
  at(name: string): string {
    this.requireName(name)
    return PINNED ? `/proc/self/fd/${this.fd}/${name}` : path.join(this.#path, name)
  }

  /** The path for system calls on this directory itself. */
  get self(): string {
    return PINNED ? `/proc/self/fd/${this.fd}` : this.#path
  }

  /** Makes the names in this directory durable, if the file system can. */
  async sync(): Promise<void> {
    await syncFolder(this.fs, this.fd)
  }

  [Symbol.dispose](): void {
    this.fs.close(this.fd)
  }

  #open(name: string): Directory {
    if (!PINNED && this.fs.lstat(this.at(name)).isSymbolicLink()) throw linkError(name)
    const fd = this.fs.open(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    return new Directory(this.fs, fd, path.join(this.#path, name), this.rootDevice)
  }

  #reopen(): Directory {
    try {
      const fd = this.fs.open(this.self, O_RDONLY | O_DIRECTORY)
      return new Directory(this.fs, fd, this.#path, this.rootDevice)
    } catch (error) {
      throw fromErrno(error, 'a directory', 'on the server')
    }
  }
}

function explain(error: unknown, above: Directory, names: readonly string[]): TransferError {
  const name = names.join('/')
  const errno = errnoOf(error)
  if (errno === 'ENOTDIR' || errno === 'ELOOP') {
    const isLink = above.fs.find(above.at(names.at(-1) ?? ''))?.isSymbolicLink() ?? false
    return isLink
      ? linkError(name)
      : new TransferError('not_directory', `"${printable(name)}" is not a directory`)
  }
  return fromErrno(error, quote(name), 'on the server')
}

function linkError(name: string): TransferError {
  return new TransferError('forbidden', `"${printable(name)}" is a symbolic link, and links are not followed`)
}

/** Formats a path for error messages: in quotes, with unprintable characters escaped. */
export function quote(path: RemotePath | string): string {
  const text = typeof path === 'string' ? path : formatPath(path)
  return text === '' ? 'the home directory' : `"${printable(text)}"`
}

/** Runs an action of the file system that concerns `path`. @throws TransferError */
export function attempt<T>(path: RemotePath | string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw fromErrno(error, quote(path), 'on the server')
  }
}

/** Whether `name` exists and is a directory. A link to a directory is not one. */
export function isDirectory(parent: Directory, name: string): boolean {
  return parent.fs.find(parent.at(name))?.isDirectory() ?? false
}

/** Runs an action; if its object no longer exists, that is not an error. */
export function ifThere(action: () => void): void {
  try {
    action()
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

/** Makes the names in a directory durable. @param path named in the error message */
export async function sync(directory: Directory, path: RemotePath): Promise<void> {
  try {
    await directory.sync()
  } catch (error) {
    throw fromErrno(error, quote(path), 'on the server')
  }
}
