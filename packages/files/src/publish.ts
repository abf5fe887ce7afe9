import { type Compared, errnoOf, type IfExists, judge, namesFor, type Verdict } from '@ftp/protocol'
import { discard } from './discard.ts'
import { toEntry } from './entry.ts'
import type { FileSystem } from './file-system.ts'
import type { Folder } from './folder.ts'

/**
 * Gives a complete file its name, atomically, if the policy allows it; with `rename` the first that is free. Files of one
 * process get their names one after another, because what was decided must still be true when it is done; what a stranger
 * does in between is noticed wherever the file system has hard links. The caller makes the folder durable.
 * @param source the path that it has, as the system calls take it
 * @returns the name it has got; undefined when the existing file stays: the file still has its old name then
 * @throws a system error: `EEXIST` for the policy `fail`, and if no name is free
 */
export function publish(
  folder: Folder,
  source: string,
  target: string,
  ifExists: IfExists,
): string | undefined {
  const { fs } = folder
  for (const name of namesFor(target, ifExists)) {
    const end = publishAs(fs, source, folder.at(name), ifExists)
    if (end !== 'rename') return end === 'keep' ? undefined : name
  }
  throw taken()
}

/** Gives one name, or says why not. */
function publishAs(
  fs: FileSystem,
  source: string,
  destination: string,
  ifExists: IfExists,
): 'given' | 'keep' | 'rename' {
  for (;;) {
    const decision = decide(fs, source, destination, ifExists)
    if (decision === 'keep' || decision === 'rename') return decision
    if (decision === 'replace') {
      fs.rename(source, destination)
      return 'given'
    }
    try {
      // link(2) fails where rename(2) would silently replace what has appeared since.
      fs.link(source, destination)
    } catch (error) {
      if (errnoOf(error) === 'EEXIST' && ifExists !== 'fail') continue
      if (!cannotLink(error)) throw error
      renameToFree(fs, source, destination)
      return 'given'
    }
    // The file has its name now, whatever becomes of the other one.
    discard(fs, source)
    return 'given'
  }
}

/** What {@link publish} would do now. What must not be replaced is left to link(2), which needs no look before. */
export function decide(
  fs: FileSystem,
  source: string,
  destination: string,
  ifExists: IfExists,
): 'create' | Exclude<Verdict, 'refuse'> {
  if (ifExists === 'fail') return 'create'
  const verdict = verdictOn(fs, destination, ifExists, () => toEntry('', fs.lstat(source)))
  return verdict === 'refuse' ? 'create' : verdict
}

/** What a policy says of the place where a file is to be, as it is now. @param fresh what the file is like */
export function verdictOn(
  fs: FileSystem,
  destination: string,
  ifExists: IfExists,
  fresh: () => Compared,
): 'create' | Verdict {
  if (ifExists === 'replace') return 'replace'
  const existing = fs.find(destination)
  return existing === undefined ? 'create' : judge(ifExists, toEntry('', existing), fresh())
}

/** FAT, exFAT and some network file systems have no hard links. */
function cannotLink(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(error) ?? '')
}

/** Without links, another program could take the name between the look and the rename. */
function renameToFree(fs: FileSystem, source: string, destination: string): void {
  if (fs.find(destination)) throw taken()
  fs.rename(source, destination)
}

function taken(): Error {
  return Object.assign(new Error('exists'), { code: 'EEXIST' })
}
