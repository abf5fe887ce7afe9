import { errnoOf, type IfExists } from '@ftp/protocol'
import type { Directory } from './directory.ts'
import type { FileSystem } from './file-system.ts'
import { sizeOf, toEntry } from './status.ts'
import type { OnChange } from './storage.ts'

/** What decides whether an existing file is replaced. */
interface Policy {
  readonly ifExists: IfExists
  readonly mtime?: number | undefined
}

/**
 * Gives the hidden file its name, atomically, if the policy allows it. Two of these must not run at once for one
 * target: what was decided must still be true when it is done. The caller makes the directory durable.
 * @returns false when the existing file stays; the hidden file is then still there
 * @throws a system error: `EEXIST` for the policy `fail`
 */
export function publish(directory: Directory, hidden: string, target: string, policy: Policy): boolean {
  const { fs } = directory
  const source = directory.at(hidden)
  const destination = directory.at(target)
  for (;;) {
    const decision = decide(fs, source, destination, policy)
    if (decision === 'skip') return false
    if (decision === 'replace') {
      fs.rename(source, destination)
      break
    }
    try {
      // link(2) fails where rename(2) would silently replace what has appeared since.
      fs.link(source, destination)
    } catch (error) {
      if (errnoOf(error) === 'EEXIST' && policy.ifExists !== 'fail') continue
      if (!cannotLink(error)) throw error
      renameToFree(fs, source, destination)
      break
    }
    fs.unlink(source)
    break
  }
  return true
}

/** Tells of what {@link publish} is about to change. To be called right before it; what it throws prevents that. */
export function announce(
  directory: Directory,
  hidden: string,
  target: string,
  policy: Policy,
  onChange: OnChange,
): void {
  const { fs } = directory
  const [source, destination] = [directory.at(hidden), directory.at(target)]
  if (decide(fs, source, destination, policy) === 'skip') return
  const replaced = fs.find(destination)
  if (replaced?.isDirectory()) return
  onChange({
    bytes: sizeOf(fs.lstat(source)) - (replaced === undefined ? 0 : sizeOf(replaced)),
    files: replaced === undefined ? 1 : 0,
  })
}

/** What the policy says of the files as they are now. */
export function decide(
  fs: FileSystem,
  source: string,
  destination: string,
  policy: Policy,
): 'create' | 'replace' | 'skip' {
  if (policy.ifExists === 'replace') return 'replace'
  if (policy.ifExists === 'fail') return 'create'
  const existing = fs.find(destination)
  if (existing === undefined) return 'create'
  const old = toEntry('', existing)
  const fresh = toEntry('', fs.lstat(source))
  switch (policy.ifExists) {
    case 'skip':
      return 'skip'
    case 'newer':
      return fresh.mtime > old.mtime ? 'replace' : 'skip'
    case 'different':
      return fresh.mtime !== old.mtime || fresh.size !== old.size ? 'replace' : 'skip'
    default:
      return policy.ifExists satisfies never
  }
}

/** FAT, exFAT and some network file systems have no hard links. */
function cannotLink(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(error) ?? '')
}

/** Without links, a program outside this server could take the name between the look and the rename. */
function renameToFree(fs: FileSystem, source: string, destination: string): void {
  if (fs.find(destination)) throw Object.assign(new Error('exists'), { code: 'EEXIST' })
  fs.rename(source, destination)
}
