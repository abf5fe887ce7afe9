import { type Entry, TransferError } from '@ftp/protocol'

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
  /** Whether an empty source may empty the target. */
  readonly allowEmpty: boolean
  readonly most: number
}

/** Collects deletions until everything is known: nothing is deleted unless that can have been intended. */
export class DeletionPlan {
  readonly #all: {
    readonly entry: Entry
    readonly inside: TargetFolder
    readonly itself: TargetFolder | undefined
  }[] = []

  /** @param itself the entry's own folder, if it is a directory */
  add(entry: Entry, inside: TargetFolder, itself?: TargetFolder): void {
    this.#all.push({ entry, inside, itself })
  }

  /** Keeps a directory, because something in it takes no part in the sync. */
  keep(folder: TargetFolder): void {
    for (let one: TargetFolder | undefined = folder; one?.isSurplus && !one.isKept; one = one.above)
      one.isKept = true
  }

  /**
   * The entries to delete, except those that disappear with their directory.
   * @param isEmpty whether the source is empty
   * @throws TransferError `usage` if they are more than allowed, `io` after a failure
   */
  entries(isEmpty: boolean, { hasFailed, allowEmpty, most }: DeletionLimits): readonly Entry[] {
    const going = this.#all.filter(({ itself }) => !itself?.isKept)
    if (going.length > 0 && hasFailed)
      throw new TransferError('io', 'nothing was deleted, because something else has failed')
    if (going.length > 0 && isEmpty && !allowEmpty)
      throw new TransferError('usage', 'the source is empty; add --allow-empty to empty the target too')
    if (going.length > most)
      throw new TransferError(
        'usage',
        `${going.length} entries would be deleted, --max-delete allows ${most}; nothing was deleted`,
      )
    const isLast = ({ inside }: { readonly inside: TargetFolder }): boolean =>
      !inside.isSurplus || inside.isKept
    return going.filter(isLast).map(({ entry }) => entry)
  }
}
