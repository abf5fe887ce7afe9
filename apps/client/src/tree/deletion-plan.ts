import { type Entry, TransferError } from '@ftp/protocol'

/** A directory of the target. */
export interface TargetFolder {
  readonly above: TargetFolder | undefined
  /** The source does not have it. */
  readonly isSurplus: boolean
  /** It stays nevertheless, because something in it does. */
  isKept: boolean
}

/** Whether and how much may be deleted. */
export interface DeletionLimits {
  /** Whether something could not be read or moved: it might be what would be deleted. */
  readonly hasFailed: boolean
  /** Whether an empty source may empty the target. */
  readonly allowEmpty: boolean
  readonly most: number
}

/** What is to be deleted, gathered until everything is known: nothing goes unless that can have been meant. */
export class DeletionPlan {
  readonly #all: {
    readonly entry: Entry
    readonly inside: TargetFolder
    readonly itself: TargetFolder | undefined
  }[] = []

  /** @param itself the directory that it is */
  add(entry: Entry, inside: TargetFolder, itself?: TargetFolder): void {
    this.#all.push({ entry, inside, itself })
  }

  /** Keeps a directory, because something in it takes no part in the sync. */
  keep(folder: TargetFolder): void {
    for (let one: TargetFolder | undefined = folder; one?.isSurplus && !one.isKept; one = one.above)
      one.isKept = true
  }

  /**
   * What is to be deleted, without what goes with its directory.
   * @param isEmpty whether the source is
   * @throws TransferError `usage` when it is more than it may be, `io` after a failure
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
