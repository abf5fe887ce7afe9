import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { formatPath, PARTIAL_PREFIX, type RemotePath, TransferError } from '@ftp/protocol'
import { attempt, type Directory, ifThere, isDirectory, quote } from './directory.ts'

/** The number of entries that are removed before other work may run. */
const REMOVED_AT_ONCE = 256

/**
 * Removes a directory; with `recursive`, also everything in it. Only a few descriptors are open at a time,
 * however deep the tree is: each directory is opened anew from `parent`, following no link.
 * @param unlink removes an entry that is not a directory
 * @throws TransferError `not_empty`
 */
export async function removeDirectory(
  parent: Directory,
  name: string,
  path: RemotePath,
  recursive: boolean,
  unlink: (directory: Directory, name: string) => void,
): Promise<void> {
  await empty(parent, [name], formatPath(path), recursive, unlink)
  attempt(path, () => parent.fs.rmdir(parent.at(name)))
}

/** Empties a directory. @param names its path from `parent` */
async function empty(
  parent: Directory,
  names: readonly string[],
  path: string,
  recursive: boolean,
  unlink: (directory: Directory, name: string) => void,
): Promise<void> {
  const directories = await removeFiles(parent, names, path, recursive, unlink)
  if (directories.length === 0) return
  for (const child of directories) await empty(parent, [...names, child], `${path}/${child}`, true, unlink)
  using directory = parent.descend(names)
  for (const [done, child] of directories.entries()) {
    if (done % REMOVED_AT_ONCE === 0) await setImmediate()
    attempt(`${path}/${child}`, () => directory.fs.rmdir(directory.at(child)))
  }
}

/** Removes the entries of a directory that are not directories. @returns the names of those that are */
async function removeFiles(
  parent: Directory,
  names: readonly string[],
  path: string,
  recursive: boolean,
  unlink: (directory: Directory, name: string) => void,
): Promise<readonly string[]> {
  using directory = parent.descend(names)
  const children = attempt(path, () => directory.fs.rawNames(directory.self))
  // A directory that contains only partials counts as empty: a client can neither see nor remove them.
  if (!recursive && !children.every((child) => child.toString().startsWith(PARTIAL_PREFIX)))
    throw new TransferError(
      'not_empty',
      `${quote(path)} is not empty; use -r to remove it with everything in it`,
    )
  const directories: string[] = []
  for (const [done, bytes] of children.entries()) {
    // A large directory must not hold up the other connections of this thread.
    if (done % REMOVED_AT_ONCE === 0) await setImmediate()
    const child = attempt(path, () => nameable(directory, bytes))
    if (attempt(path, () => isDirectory(directory, child))) directories.push(child)
    else attempt(path, () => ifThere(() => unlink(directory, child)))
  }
  return directories
}

/** If a name is not UTF-8, a string cannot hold it, so the entry is renamed before it is removed. */
function nameable(directory: Directory, bytes: Buffer): string {
  const name = bytes.toString()
  if (Buffer.from(name).equals(bytes)) return name
  const other = PARTIAL_PREFIX + randomBytes(16).toString('hex')
  directory.fs.rename(Buffer.concat([Buffer.from(directory.at('')), bytes]), directory.at(other))
  return other
}

/**
 * Refuses a directory that is a mount point or contains one. Call this before removing anything in it: the
 * file system refuses to remove a mount point only after it has been emptied.
 * @throws TransferError `forbidden`
 */
export function requireNoMount(parent: Directory, name: string, path: RemotePath): void {
  using directory = parent.descend([name])
  if (attempt(path, () => directory.fs.holdsMount(directory.self)))
    throw new TransferError(
      'forbidden',
      `another disk is mounted on ${quote(path)} or in it; unmount it on the server first`,
    )
}
