import {
  type Compared,
  type EntryType,
  errnoOf,
  type IfExists,
  judge,
  namesFor,
  type Verdict,
} from '@ftp/protocol'
import { discard } from './discard.ts'
import { toEntry } from './entry.ts'
import type { FileSystem } from './file-system.ts'
import type { Folder } from './folder.ts'
import { requireOwnSpelling } from './spelling.ts'

/**
 * Gives a complete file its final name, atomically, if the policy permits it; with `rename`, the first free
 * name. Within one process, files get their names one after another, so that a decision is still valid when
 * it takes effect. A change by another process in between is noticed if the file system has hard links. The
 * caller makes the folder durable.
 * @param source the present path, for system calls
 * @returns the final name; undefined if the existing file stays, in which case the new file keeps its old
 * name
 * @throws a system error: `EEXIST` with the policy `fail`, and if no name is free; those of
 * {@link requireReplaceable} and {@link requireOwnSpelling}
 */
export function publish(
  folder: Folder,
  source: string,
  target: string,
  ifExists: IfExists,
): string | undefined {
  for (const name of namesFor(target, ifExists)) {
    const end = publishAs(folder, source, name, ifExists)
    if (end !== 'rename') return end === 'keep' ? undefined : name
  }
  throw taken()
}

/** Tries one name. @returns whether the file got it, or else what to do instead */
function publishAs(
  folder: Folder,
  source: string,
  name: string,
  ifExists: IfExists,
): 'given' | 'keep' | 'rename' {
  const { fs } = folder
  const destination = folder.at(name)
  for (;;) {
    const decision = decide(folder, source, name, ifExists)
    if (decision === 'keep' || decision === 'rename') return decision
    if (decision === 'replace') {
      const existing = fs.find(destination)
      if (existing !== undefined) {
        requireReplaceable(toEntry('', existing).type)
        requireOwnSpelling(folder, name)
      }
      fs.rename(source, destination)
      return 'given'
    }
    try {
      // If a file has appeared since the decision, rename(2) would silently replace it, but link(2) fails.
      fs.link(source, destination)
    } catch (error) {
      if (errnoOf(error) === 'EEXIST' && ifExists !== 'fail') continue
      if (!cannotLink(error)) throw error
      renameToFree(fs, source, destination)
      return 'given'
    }
    // The file has its final name now, even if the old name cannot be removed.
    discard(fs, source)
    return 'given'
  }
}

/**
 * What {@link publish} would do now. If nothing may be replaced, link(2) makes the decision, without a check
 * in advance.
 */
export function decide(
  folder: Folder,
  source: string,
  name: string,
  ifExists: IfExists,
): 'create' | Exclude<Verdict, 'refuse'> {
  if (ifExists === 'fail') return 'create'
  const verdict = verdictOn(folder, name, ifExists, () => toEntry('', folder.fs.lstat(source)))
  return verdict === 'refuse' ? 'create' : verdict
}

/**
 * The verdict of a policy on the present state of a destination.
 * @param fresh returns the properties of the new file
 * @throws those of {@link requireOwnSpelling} if the policy leaves the existing file
 */
export function verdictOn(
  folder: Folder,
  name: string,
  ifExists: IfExists,
  fresh: () => Compared,
): 'create' | Verdict {
  if (ifExists === 'replace') return 'replace'
  const existing = folder.fs.find(folder.at(name))
  if (existing === undefined) return 'create'
  const verdict = judge(ifExists, toEntry('', existing), fresh())
  if (verdict === 'keep') requireOwnSpelling(folder, name)
  return verdict
}

/**
 * Refuses to replace anything but a file: whoever has made a link or a pipe relies on it.
 * @throws a system error: `EISDIR` for a directory, `ELOOP` for a link, `ENXIO` for a pipe, socket or device
 */
export function requireReplaceable(type: EntryType): void {
  if (type !== 'file') throw systemError({ directory: 'EISDIR', symlink: 'ELOOP', other: 'ENXIO' }[type])
}

/** FAT, exFAT and some network file systems have no hard links. */
function cannotLink(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(error) ?? '')
}

/** Without links, another program could take the name between the check and the rename. */
function renameToFree(fs: FileSystem, source: string, destination: string): void {
  if (fs.find(destination)) throw taken()
  fs.rename(source, destination)
}

function taken(): Error {
  return systemError('EEXIST')
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}
