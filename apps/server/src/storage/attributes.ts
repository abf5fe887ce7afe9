import { constants } from 'node:fs'
import { type RemotePath, TransferError, toUtime } from '@ftp/protocol'
import { attempt, quote } from './directory.ts'
import type { Home } from './home.ts'
import { toStatus } from './status.ts'
import type { Attributes, Status } from './storage.ts'

const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants
const ON_LINUX = process.platform === 'linux'
/** open(2): only holds on to what is there. It needs no right to read it and waits for no pipe. Node does not name it. */
const O_PATH = ON_LINUX ? 0o10000000 : O_RDONLY | O_NONBLOCK

/** Gives a file or directory what it does not have yet of a time and permission bits. */
export function setAttributes(
  home: Home,
  path: RemotePath,
  { mtime, mode }: Attributes,
): { readonly before: Status; readonly after: Status } {
  const name = path.at(-1)
  if (name === undefined) throw new TransferError('forbidden', 'the home directory stays as it is')
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
    )
  const before = look()
  const { type } = before.entry
  if (type !== 'file' && type !== 'directory')
    throw new TransferError('not_file', `${quote(path)} is neither a file nor a directory`)
  // Whatever has the name by now, this is what is held.
  const itself = ON_LINUX ? `/proc/self/fd/${fd}` : parent.at(name)
  // The owner of a directory is this server: it must be able to go on.
  const bits = type === 'directory' && mode !== undefined ? mode | 0o700 : mode
  attempt(path, () => {
    if (bits !== undefined && bits !== before.entry.mode) fs.chmod(itself, bits)
    if (mtime !== undefined && mtime !== before.entry.mtime) fs.utimes(itself, toUtime(mtime), toUtime(mtime))
  })
  return { before, after: look() }
}
