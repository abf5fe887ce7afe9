import { type Entry, printable, TransferError } from '@ftp/protocol'

/** A directory of the target. */
export interface TargetFolder {
  readonly above: TargetFolder | undefined
  /** Whether the source does not have it. */
  readonly isSurplus: boolean
  /** Whether it stays nevertheless, because something in it does. */
  isKept: boolean
}

/** Whether anything may be deleted, and how much. */
export interface DeletionLimits {
  /** Whether anything could not be read or moved: it might be the very thing that would be deleted. */
  readonly hasFailed: boolean
  /** Whether a source without files may empty the target. */
  readonly allowEmpty: boolean
  readonly most: number
}

/** An entry to delete, with everything in it. */
export interface Deletion {
  readonly entry: Entry
  /** How many entries disappear with it, including itself. */
  readonly count: number
}

interface Planned {
  readonly entry: Entry
  readonly inside: TargetFolder
  /** The entry's own folder, if it is a directory. */
  readonly itself?: TargetFolder | undefined
  /** Whether the source has something else under this name. */
  readonly isReplaced?: boolean
}

/** Collects deletions until everything is known: nothing is deleted unless that can have been intended. */
export class DeletionPlan {
  readonly #all: Planned[] = []

  add(planned: Planned): void {
    this.#all.push(planned)
  }

  /** Keeps a directory, because something in it takes no part in the sync. */
  keep(folder: TargetFolder): void {
    for (let one: TargetFolder | undefined = folder; one?.isSurplus && !one.isKept; one = one.above)
      one.isKept = true
  }

  /**
   * The entries to delete by name, except those that disappear with their directory.
   * @param source whether the source has any file, and whether it has anything at all
   * @throws TransferError `usage` if they are more than allowed, `io` after a failure, `exists` if a
   * directory that is to be replaced cannot go
   */
  deletions(
    source: { readonly hasFiles: boolean; readonly isEmpty: boolean },
    { hasFailed, allowEmpty, most }: DeletionLimits,
  ): readonly Deletion[] {
    const going = this.#all.filter(({ itself }) => !itself?.isKept)
    const stuck = this.#all.find(({ itself, isReplaced }) => isReplaced && itself?.isKept)
    if (stuck !== undefined) {
      const name = `"${printable(stuck.entry.name)}"`
      throw new TransferError(
        'exists',
        `${name} is a directory in the target, which cannot be replaced: something in it takes no part; nothing was deleted`,
      )
    }
    if (going.length > 0 && hasFailed)
      throw new TransferError('io', 'nothing was deleted, because something else has failed')
    const isEmptied = source.isEmpty || going.some(({ entry }) => entry.type !== 'directory')
    if (going.length > 0 && !source.hasFiles && isEmptied && !allowEmpty) {
      const what = source.isEmpty ? 'is empty' : 'has no files, only directories'
      throw new TransferError('usage', `the source ${what}; add --allow-empty to empty the target too`)
    }
    if (going.length > most)
      throw new TransferError(
        'usage',
        `${going.length} entries would be deleted, --max-delete allows ${most}; nothing was deleted`,
      )
    const counts = new Map<TargetFolder, number>()
    for (const { inside } of going) {
      const top = topmost(inside)
      if (top !== undefined) counts.set(top, (counts.get(top) ?? 0) + 1)
    }
    return going
      .filter(({ inside }) => topmost(inside) === undefined)
      .map(({ entry, itself }) => ({ entry, count: 1 + ((itself && counts.get(itself)) ?? 0) }))
      .sort((one, other) => (one.entry.name < other.entry.name ? -1 : 1))
  }
}

/** The highest directory above an entry that is deleted with everything in it. */
function topmost(inside: TargetFolder): TargetFolder | undefined {
  let top: TargetFolder | undefined
  for (let one: TargetFolder | undefined = inside; one?.isSurplus && !one.isKept; one = one.above) top = one
  return top
}
