import { type Entry, TransferError } from '@ftp/protocol'

/** A directory of the target. */
export interface Place {
  readonly above: Place | undefined
  /** The source does not have it. */
  readonly isSurplus: boolean
  /** It stays all the same, for something in it. */
  isSpared: boolean
}

/** Whether and how much may be deleted. */
export interface DeletionLimits {
  /** Whether something could not be read or moved: it might be what would be deleted. */
  readonly hasFailed: boolean
  /** Whether an empty source may empty the target. */
  readonly allowEmpty: boolean
  readonly most: number
}

/** What is to be deleted: it waits until all is known, and goes only if that is what can have been meant. */
export class Doomed {
  readonly #all: { readonly entry: Entry; readonly inside: Place; readonly itself: Place | undefined }[] = []

  /** @param itself the directory that it is */
  add(entry: Entry, inside: Place, itself?: Place): void {
    this.#all.push({ entry, inside, itself })
  }

  /** Something in a directory takes no part and stays, so that the directory does. */
  spare(place: Place): void {
    for (let one: Place | undefined = place; one?.isSurplus && !one.isSpared; one = one.above)
      one.isSpared = true
  }

  /**
   * What is to be deleted, without what goes with its directory.
   * @param isEmpty whether the source is
   * @throws TransferError `bad_request` when it is more than it may be, `io` after a failure
   */
  entries(isEmpty: boolean, { hasFailed, allowEmpty, most }: DeletionLimits): readonly Entry[] {
    const going = this.#all.filter(({ itself }) => !itself?.isSpared)
    if (going.length > 0 && hasFailed)
      throw new TransferError('io', 'nothing was deleted, because something else has failed')
    if (going.length > 0 && isEmpty && !allowEmpty)
      throw new TransferError('bad_request', 'the source is empty; add --allow-empty to empty the target too')
    if (going.length > most)
      throw new TransferError(
        'bad_request',
        `${going.length} entries would be deleted, --max-delete allows ${most}; nothing was deleted`,
      )
    const isLast = ({ inside }: { readonly inside: Place }): boolean => !inside.isSurplus || inside.isSpared
    return going.filter(isLast).map(({ entry }) => entry)
  }
}
