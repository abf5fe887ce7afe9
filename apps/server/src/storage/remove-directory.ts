import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { formatPath, PARTIAL_PREFIX, type RemotePath, TransferError } from '@ftp/protocol'
import { attempt, type Directory, ifThere, isDirectory, quote } from './directory.ts'

/** How many entries are removed before others get their turn. */
const REMOVED_AT_ONCE = 256

/**
 * Removes a directory, with `recursive` all that is in it. However deep it is, few descriptors are held at once: each
 * directory is walked to anew, following no link.
 * @param unlink removes what is no directory
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

/** Removes all that is in a directory. @param names where it is, from `parent` */
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

/** Removes what is in a directory and is none itself. @returns the directories in it */
async function removeFiles(
  parent: Directory,
  names: readonly string[],
  path: string,
  recursive: boolean,
  unlink: (directory: Directory, name: string) => void,
): Promise<readonly string[]> {
  using directory = parent.descend(names)
  const children = attempt(path, () => directory.fs.rawNames(directory.self))
  // Partials alone do not make a directory full: nobody could see or remove them.
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

/** What is to be removed under a name that is not UTF-8 gets one that is: a string cannot name it. */
function nameable(directory: Directory, bytes: Buffer): string {
  const name = bytes.toString()
  if (Buffer.from(name).equals(bytes)) return name
  const other = PARTIAL_PREFIX + randomBytes(16).toString('hex')
  directory.fs.rename(Buffer.concat([Buffer.from(directory.at('')), bytes]), directory.at(other))
  return other
}

/**
 * To be called before anything in a directory is removed: the file system refuses to remove a mount point only when it
 * has been emptied.
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
