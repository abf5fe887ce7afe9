import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { formatPath, PARTIAL_PREFIX, type RemotePath, TransferError } from '@ftp/protocol'
import { attempt, type Directory, ifThere, isDirectory, quote } from './directory.ts'

/** How many entries are removed before others get their turn. */
const REMOVED_AT_ONCE = 256

/**
 * Removes a directory, with `recursive` all that is in it.
 * @param unlink removes what is no directory
 * @throws TransferError `not_empty`
 */
export async function removeDirectory(
  parent: Directory,
  name: string,
  path: RemotePath | string,
  recursive: boolean,
  unlink: (directory: Directory, name: string) => void,
): Promise<void> {
  {
    using directory = parent.descend([name])
    const children = attempt(path, () => directory.fs.rawNames(directory.self))
    // Partials alone do not make a directory full: nobody could see or remove them.
    if (!recursive && !children.every((child) => child.toString().startsWith(PARTIAL_PREFIX)))
      throw new TransferError(
        'not_empty',
        `${quote(path)} is not empty; use -r to remove it with everything in it`,
      )
    for (const [done, bytes] of children.entries()) {
      // A large directory must not hold up the other connections of this thread.
      if (done % REMOVED_AT_ONCE === 0) await setImmediate()
      const child = attempt(path, () => nameable(directory, bytes))
      if (attempt(path, () => isDirectory(directory, child)))
        await removeDirectory(
          directory,
          child,
          `${typeof path === 'string' ? path : formatPath(path)}/${child}`,
          true,
          unlink,
        )
      else attempt(path, () => ifThere(() => unlink(directory, child)))
    }
  }
  attempt(path, () => parent.fs.rmdir(parent.at(name)))
}

/** What is to be removed under a name that is not UTF-8 gets one that is: a string cannot name it. */
function nameable(directory: Directory, bytes: Buffer): string {
  const name = bytes.toString()
  if (Buffer.from(name).equals(bytes)) return name
  const other = PARTIAL_PREFIX + randomBytes(16).toString('hex')
  directory.fs.rename(Buffer.concat([Buffer.from(directory.at('')), bytes]), directory.at(other))
  return other
}
