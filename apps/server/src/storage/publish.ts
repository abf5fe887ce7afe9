import { errnoOf, type IfExists, judge, namesFor, type Verdict } from '@ftp/protocol'
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
 * Gives the hidden file its name, atomically, if the policy allows it; with `rename` the first that is free. Two of these
 * must not run at once for one directory: what was decided must still be true when it is done. The caller makes the
 * directory durable.
 * @returns the name it has got; undefined when the existing file stays: the hidden file is then still there
 * @throws a system error: `EEXIST` for the policy `fail`, and where no name is free
 */
export function publish(
  directory: Directory,
  hidden: string,
  target: string,
  policy: Policy,
): string | undefined {
  const { fs } = directory
  const source = directory.at(hidden)
  for (const name of namesFor(target, policy.ifExists)) {
    const end = settle(fs, source, directory.at(name), policy)
    if (end !== 'rename') return end === 'keep' ? undefined : name
  }
  throw taken()
}

/** Gives the name, or says why not. */
function settle(
  fs: FileSystem,
  source: string,
  destination: string,
  policy: Policy,
): 'given' | 'keep' | 'rename' {
  for (;;) {
    const decision = decide(fs, source, destination, policy)
    if (decision === 'keep' || decision === 'rename') return decision
    if (decision === 'replace') {
      fs.rename(source, destination)
      return 'given'
    }
    try {
      // link(2) fails where rename(2) would silently replace what has appeared since.
      fs.link(source, destination)
    } catch (error) {
      if (errnoOf(error) === 'EEXIST' && policy.ifExists !== 'fail') continue
      if (!cannotLink(error)) throw error
      renameToFree(fs, source, destination)
      return 'given'
    }
    fs.unlink(source)
    return 'given'
  }
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
  const decision = decide(fs, source, destination, policy)
  if (decision === 'keep') return
  const replaced = decision === 'rename' ? undefined : fs.find(destination)
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
  { ifExists }: Policy,
): 'create' | Exclude<Verdict, 'refuse'> {
  if (ifExists === 'replace') return 'replace'
  const existing = ifExists === 'fail' ? undefined : fs.find(destination)
  if (existing === undefined) return 'create'
  const verdict = judge(ifExists, toEntry('', existing), toEntry('', fs.lstat(source)))
  return verdict === 'refuse' ? 'create' : verdict
}

/** FAT, exFAT and some network file systems have no hard links. */
function cannotLink(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(error) ?? '')
}

/** Without links, a program outside this server could take the name between the look and the rename. */
function renameToFree(fs: FileSystem, source: string, destination: string): void {
  if (fs.find(destination)) throw taken()
  fs.rename(source, destination)
}

function taken(): Error {
  return Object.assign(new Error('exists'), { code: 'EEXIST' })
}
