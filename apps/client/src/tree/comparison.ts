import { type Entry, isReservedName, isSameTime, printable, TransferError } from '@ftp/protocol'
import type { Selection } from '../selection/selection.ts'
import { type Deletion, type DeletionLimits, DeletionPlan, type TargetFolder } from './deletion-plan.ts'
import { Lookahead } from './lookahead.ts'
import { kindText } from './notices.ts'
import { Siblings } from './siblings.ts'
import { below, type Failed, inOrder, type Listed, type Tree } from './tree.ts'

/**
 * One result of a comparison: something to do so that the target becomes like the source, a failure, or an
 * entry that is left out.
 */
export type Difference = Change | Failed | { readonly leftOut: Entry }

/** Something to change in the target. */
export interface Change {
  /** `attributes`: only the time or permission bits differ. `none`: a directory needs no change. */
  readonly change: 'new' | 'changed' | 'attributes' | 'none'
  readonly entry: Entry
  /** Whether something else has the name in the target, and has to be deleted first. */
  readonly isDeferred: boolean
}

export interface ComparisonOptions {
  readonly selection: Selection
  /** Whether entries that exist only in the target matter. */
  readonly delete: boolean
  /**
   * Gives an existing entry the spelling of the source, if the target takes both names for one. @returns whether it does
   */
  readonly respell: (entry: Entry, there: Entry) => Promise<boolean>
  /** Whether an existing entry has the time and permission bits that it should have. */
  readonly isLike: (entry: Entry, there: Entry) => boolean
  /**
   * Starts to compare the content of two files of the same size. Without it, files with equal times count as
   * equal.
   * @returns when another comparison may be started
   */
  readonly sameContent?: ((file: Entry) => Promise<{ readonly done: Promise<boolean> }>) | undefined
}

/** A directory that exists in the source, in the target, or in both. */
interface Folder extends TargetFolder {
  /** The path below the roots. */
  readonly name: string
  readonly above: Folder | undefined
  readonly source: AsyncIterable<readonly Listed[]> | undefined
  readonly target: AsyncIterable<readonly Listed[]> | undefined
  /** Whether it can be made only after something else has been deleted. */
  readonly isDeferred: boolean
  /** Reported as soon as a difference in this directory is. */
  unreported: Change | undefined
}

/** The most contents that may be compared ahead of the reports. */
const MAX_COMPARISONS = 64

/**
 * Compares two trees while they are being listed. Only one directory of the target, the directories still to
 * come, and the deletions are kept in memory.
 */
export class Comparison {
  readonly #source: Tree
  readonly #target: Tree
  readonly #options: ComparisonOptions
  readonly #folders = new Lookahead<Folder>()
  /** Files whose contents are to be compared, and whether everything else about them is as it should be. */
  readonly #undecided: { readonly entry: Entry; readonly isLike: boolean }[] = []
  readonly #contents: Promise<Difference | undefined>[] = []
  readonly #deletions = new DeletionPlan()
  #isEmpty = true
  #hasFiles = false

  constructor(source: Tree, target: Tree, options: ComparisonOptions) {
    this.#source = source
    this.#target = target
    this.#options = options
  }

  /**
   * The entries that are new or different, many at a time, each directory before its entries.
   * @param targetExists whether the root of the target exists
   */
  async *differences(targetExists: boolean): AsyncGenerator<readonly Difference[]> {
    this.#add('', { source: true, target: targetExists, isDeferred: false })
    for (const folder of this.#folders) yield* this.#compare(folder)
    yield await this.#compared(0)
    yield this.#options.selection.missing.map((name) => {
      const text = `${this.#options.selection.nameOf('only')}: "${printable(name)}" is not in the source`
      return { failure: new TransferError('not_found', text) }
    })
  }

  /**
   * The entries to delete. To be called after all differences have been read.
   * @throws TransferError the reason why nothing may be deleted; for example, if not everything could be
   *   read, the entries might be in the source after all
   */
  deletions(limits: DeletionLimits): readonly Deletion[] {
    return this.#deletions.deletions({ hasFiles: this.#hasFiles, isEmpty: this.#isEmpty }, limits)
  }

  #add(
    name: string,
    sides: { readonly source: boolean; readonly target: boolean; readonly isDeferred: boolean },
    above?: Folder,
    unreported?: Change,
  ): TargetFolder {
    const { source, isDeferred } = sides
    const folder = { name, above, isSurplus: !source, isKept: false, isDeferred, unreported }
    this.#folders.add(() =>
      Object.assign(folder, {
        source: source ? inOrder(this.#source.list(name)) : undefined,
        target: sides.target ? this.#target.list(name) : undefined,
      }),
    )
    return folder
  }

  async *#compare(folder: Folder): AsyncGenerator<readonly Difference[]> {
    const { selection } = this.#options
    const mayTake = (entry: Entry): boolean =>
      selection.takesAll || selection.mayTake(below(folder.name, entry))
    const there = new Siblings()
    for await (const page of folder.target ?? [])
      for (const one of page) {
        if ('failure' in one) yield [one]
        else if (isReservedName(one.name)) this.#deletions.keep(folder)
        else {
          there.add(one)
          if (!mayTake(one)) this.#deletions.keep(folder)
        }
      }
    for await (const page of folder.source ?? []) {
      const found: Difference[] = []
      for (const one of page) {
        if ('failure' in one) {
          found.push(one)
          continue
        }
        const same = there.take(one.name)
        if (!mayTake(one)) continue
        this.#isEmpty = false
        this.#hasFiles ||= one.type === 'file'
        const old = same ?? (await this.#respelled(one, folder, there))
        if (old !== undefined && 'failure' in old) {
          found.push(old)
          continue
        }
        // Most files are the same every time, and need no path.
        if (old !== undefined && this.#isSame(one, old)) continue
        const entry = below(folder.name, one)
        if (entry.type === 'directory') found.push(...this.#compareFolders(entry, old, folder))
        else if (selection.takes(entry)) this.#compareFiles(entry, old, folder, found)
      }
      yield found
      yield* this.#compareContents()
    }
    if (this.#options.delete)
      for (const one of there) if (mayTake(one)) this.#planDeletion(below(folder.name, one), folder)
  }

  /**
   * What the target finds under the name of an entry, although it lists it in another spelling, because its file system
   * folds names. It must not count as surplus: deleting it would delete what is stored under the name.
   */
  async #respelled(one: Entry, folder: Folder, there: Siblings): Promise<Listed | undefined> {
    const entry = below(folder.name, one)
    for (const other of there.alike(one.name)) {
      if (!this.#options.selection.mayTake(below(folder.name, other))) continue
      try {
        if (!(await this.#options.respell(entry, below(folder.name, other)))) continue
        return there.take(other.name)
      } catch (error) {
        const failure = TransferError.from(error)
        if (failure.advice === 'resume') throw failure
        return { failure }
      }
    }
    return undefined
  }

  /** Whether a file is as it should be, judging without its content. */
  #isSame(entry: Entry, old: Entry): boolean {
    const { sameContent, isLike } = this.#options
    const areFiles = entry.type === 'file' && old.type === 'file'
    return (
      areFiles &&
      sameContent === undefined &&
      entry.size === old.size &&
      isSameTime(entry.mtime, old.mtime) &&
      isLike(entry, old)
    )
  }

  *#compareFolders(entry: Entry, old: Entry | undefined, above: Folder): Generator<Difference> {
    const isFolder = old?.type === 'directory'
    if (old !== undefined && !isFolder && !this.#planReplacement(old, above))
      return yield conflict(entry, old)
    const isDeferred = above.isDeferred || (old !== undefined && !isFolder)
    const kind = isFolder ? (this.#options.isLike(entry, old) ? 'none' : 'attributes') : 'new'
    const change: Change = { change: kind, entry, isDeferred }
    const isTaken = this.#options.selection.takes(entry)
    if (isTaken) {
      yield* pending(above)
      yield change
    }
    const sides = { source: true, target: isFolder, isDeferred }
    this.#add(entry.name, sides, above, isTaken ? undefined : change)
  }

  /**
   * Plans to delete an entry whose name something else has in the source. A link, pipe or socket stays,
   * because whoever made it relies on it.
   * @returns false if it stays
   */
  #planReplacement(old: Entry, inside: Folder): boolean {
    const { selection } = this.#options
    const entry = below(inside.name, old)
    const isPlain = old.type === 'file' || old.type === 'directory'
    if (!this.#options.delete || !isPlain || !selection.mayTake(entry) || !selection.takes(entry))
      return false
    this.#planDeletion(entry, inside, true)
    return true
  }

  #compareFiles(entry: Entry, old: Entry | undefined, above: Folder, found: Difference[]): void {
    const { isDeferred } = above
    if (entry.type !== 'file') found.push({ leftOut: entry })
    else if (old !== undefined && old.type !== 'file') {
      if (!this.#planReplacement(old, above)) found.push(conflict(entry, old))
      else found.push(...pending(above), { change: 'new', entry, isDeferred: true })
    } else if (old?.size === entry.size && this.#options.sameContent !== undefined)
      this.#undecided.push({ entry, isLike: this.#options.isLike(entry, old) })
    else if (old?.size !== entry.size || !isSameTime(old.mtime, entry.mtime))
      found.push(...pending(above), { change: old === undefined ? 'new' : 'changed', entry, isDeferred })
    else if (!this.#options.isLike(entry, old))
      found.push(...pending(above), { change: 'attributes', entry, isDeferred })
  }

  /** Starts to compare the contents of files that otherwise look the same. */
  async *#compareContents(): AsyncGenerator<readonly Difference[]> {
    const { sameContent } = this.#options
    for (const { entry, isLike } of this.#undecided.splice(0)) {
      const begun = await sameContent?.(entry)
      if (begun) this.#contents.push(this.#decided(entry, isLike, begun.done))
      yield await this.#compared(MAX_COMPARISONS)
    }
  }

  #decided(entry: Entry, isLike: boolean, same: Promise<boolean>): Promise<Difference | undefined> {
    const decided = same.then(
      (isSame): Difference | undefined =>
        isSame && isLike
          ? undefined
          : { change: isSame ? 'attributes' : 'changed', entry, isDeferred: false },
      (error: unknown) => {
        const failure = TransferError.from(error)
        if (failure.advice === 'resume') throw failure
        return { failure }
      },
    )
    decided.catch(() => {})
    return decided
  }

  /** The results of content comparisons, waiting until no more than `left` are running. */
  async #compared(left: number): Promise<readonly Difference[]> {
    const found: Difference[] = []
    while (this.#contents.length > left) {
      const difference = await this.#contents.shift()
      if (difference !== undefined) found.push(difference)
    }
    return found
  }

  #planDeletion(entry: Entry, inside: Folder, isReplaced = false): void {
    const isTaken = this.#options.selection.takes(entry)
    if (entry.type === 'directory') {
      const itself = this.#add(entry.name, { source: false, target: true, isDeferred: false }, inside)
      this.#deletions.add({ entry, inside, itself, isReplaced })
      if (!isTaken) this.#deletions.keep(itself)
    } else if (isTaken) this.#deletions.add({ entry, inside })
    else this.#deletions.keep(inside)
  }
}

function conflict({ name, type }: Entry, there: Entry): Failed {
  const text = `"${printable(name)}" is ${kindText(type)} in the source and ${kindText(there.type)} in the target; remove it there first`
  return { failure: new TransferError('exists', text) }
}

/** What has not been reported of a directory and those above it. */
function* pending(folder: Folder): Generator<Change> {
  const { unreported } = folder
  if (unreported === undefined) return
  folder.unreported = undefined
  if (folder.above) yield* pending(folder.above)
  yield unreported
}
