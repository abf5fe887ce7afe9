import { constants } from 'node:fs'
import { type RemotePath, TransferError, toUtime } from '@ftp/protocol'
import { attempt, quote } from './directory.ts'
import type { Home } from './home.ts'
import { toStatus } from './status.ts'
import type { Attributes, Status } from './storage.ts'

const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants
const ON_LINUX = process.platform === 'linux'
/**
 * A flag of open(2): the descriptor only refers to the file. Opening it needs no right to read the file and
 * does not wait for a pipe. Node.js does not define the flag.
 */
const O_PATH = ON_LINUX ? 0o10000000 : O_RDONLY | O_NONBLOCK

/** Sets those of the modification time and permission bits that differ from the present ones. */
export function setAttributes(
  home: Home,
  path: RemotePath,
  { mtime, mode }: Attributes,
): { readonly before: Status; readonly after: Status } {
  const name = path.at(-1)
  if (name === undefined)
    throw new TransferError(
      'forbidden',
      'the time and permission bits of the home directory cannot be changed',
    )
  const { fs } = home
  using parent = home.parentOf(path)
  using opened = new DisposableStack()
  const fd = opened.adopt(
    attempt(path, () => fs.open(parent.at(name), O_PATH | O_NOFOLLOW)),
    (held) => fs.close(held),
  )
  const look = (): Status =>
    toStatus(
      name,
      attempt(path, () => fs.fstat(fd)),
      home,
    )
  const before = look()
  const { type } = before.entry
  if (type !== 'file' && type !== 'directory')
    throw new TransferError('not_file', `${quote(path)} is neither a file nor a directory`)
  // Refers to the held file, whatever has its name by now.
  const itself = ON_LINUX ? `/proc/self/fd/${fd}` : parent.at(name)
  // The server owns the directory and must keep access to it.
  const bits = type === 'directory' && mode !== undefined ? mode | 0o700 : mode
  attempt(path, () => {
    const had = before.entry.mode
    if (bits !== undefined && had !== undefined && bits !== had) fs.chmod(itself, bits)
    if (mtime !== undefined && mtime !== before.entry.mtime) fs.utimes(itself, toUtime(mtime), toUtime(mtime))
  })
  return { before, after: look() }
}
