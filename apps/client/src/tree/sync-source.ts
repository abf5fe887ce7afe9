import { type Entry, fromErrno, type RemotePath, TransferError } from '@ftp/protocol'
import type { SyncCounts, TransferSummary } from '../queue/reporter.ts'
import { type JobSource, runJobs, type SourceItem } from '../queue/scheduler.ts'
import type { Selection } from '../selection/selection.ts'
import { Pipeline } from '../session/pipeline.ts'
import type { Session } from '../session/session.ts'
import { type Change, Comparison, type Difference } from './comparison.ts'
import { LocalTarget } from './local-target.ts'
import { type LinkPolicy, LocalTree } from './local-tree.ts'
import { changeNotice, leftOutNotice } from './notices.ts'
import { type ManyOptions, runOptionsOf, selectionOf } from './options.ts'
import { RemoteTarget } from './remote-target.ts'
import { RemoteTree } from './remote-tree.ts'
import { localRoot, remoteRoot } from './roots.ts'
import { sameContent } from './same-content.ts'
import type { Started, Target } from './target.ts'
import { folderOf } from './tree.ts'
import { uploadSettingsFor } from './upload-settings.ts'

/** The two directories of a sync, and which of them is made like the other. */
export interface Sides {
  /** `put` makes the directory on the server like the local one; `get` does the opposite. */
  readonly way: 'get' | 'put'
  readonly local: string
  readonly remote: RemotePath
}

/** How one directory is made like another. */
export interface SyncChoices {
  /** Remove entries that the source does not have, if everything else succeeds. */
  readonly delete?: boolean | undefined
  /** Let an empty source empty the target. */
  readonly allowEmpty?: boolean | undefined
  /** Delete nothing if more entries than this would be deleted. */
  readonly maxDelete?: number | undefined
  /** Only report what would be done. */
  readonly dryRun?: boolean | undefined
  /** Compare MD5s instead of times. */
  readonly checksum?: boolean | undefined
}

/** How two directories are compared, and how one is made like the other. */
export interface SyncTreesOptions extends ManyOptions, SyncChoices {
  /**
   * `skip` leaves symbolic links of the local directory out; `follow` treats them as the files and
   * directories they lead to. Default: `skip`.
   */
  readonly links?: LinkPolicy | undefined
}

/**
 * Makes one of two directories like the other.
 * @param client identifies this client: 32 hex digits
 * @throws TransferError `not_found` if the source does not exist, `not_directory` if either is not a
 *   directory
 */
export async function syncTrees(
  session: Session,
  sides: Sides,
  client: string,
  options: SyncTreesOptions,
): Promise<TransferSummary> {
  const select = await selectionOf(options)
  using source = await SyncSource.open(session, sides, { ...options, select, client })
  return await runJobs(session, source, runOptionsOf(options))
}

interface SyncSourceOptions extends SyncTreesOptions {
  readonly select: Selection
  readonly client: string
}

/** Something that is done already. */
const DONE: Started = { succeeded: Promise.resolve(true) }

/** Turns the differences between two directories into work. */
class SyncSource implements JobSource, Disposable {
  readonly #options: SyncSourceOptions
  readonly #comparison: Comparison
  readonly #target: Target
  readonly #root: Entry
  readonly #targetExists: boolean
  readonly #open: Disposable
  /** What takes the place of something that has to be deleted first. */
  readonly #deferred: Change[] = []
  /** The directories that the target cannot hold, and why. */
  readonly #refused = new Map<string, TransferError>()
  #counts = { changed: 0, deleted: 0 }
  #counted = Promise.resolve()
  #planned = { files: 0, bytes: 0 }

  private constructor(
    options: SyncSourceOptions,
    sides: { readonly comparison: Comparison; readonly target: Target; readonly root: Entry },
    targetExists: boolean,
    open: Disposable,
  ) {
    this.#options = options
    this.#comparison = sides.comparison
    this.#target = sides.target
    this.#root = sides.root
    this.#targetExists = targetExists
    this.#open = open
  }

  static async open(session: Session, sides: Sides, options: SyncSourceOptions): Promise<SyncSource> {
    using open = new DisposableStack()
    const { way, local, remote } = sides
    const { select, links = 'skip', client, checksum } = options
    const here = { root: localRoot(local), tree: new LocalTree(local, links) }
    const there = {
      root: await remoteRoot(session, remote),
      tree: open.use(new RemoteTree(session, remote)),
    }
    const [from, to] = way === 'put' ? [here, there] : [there, here]
    const { root } = from
    if (root === undefined)
      throw new TransferError('not_found', 'there is no such source directory; nothing was changed')
    const target: Target =
      way === 'get'
        ? new LocalTarget(remote, local, 'replace')
        : new RemoteTarget(session, local, remote, await uploadSettingsFor(session, client))
    open.use(target)
    const comparison = new Comparison(from.tree, to.tree, {
      selection: select,
      delete: options.delete ?? false,
      isLike: (entry, existing) => target.isLike(entry, existing),
      respell: async (entry, existing) => {
        if (!(await target.isOneName(entry, existing))) return false
        if (!options.dryRun) await target.respell(entry, existing)
        return true
      },
      sameContent: checksum ? sameContent(open.use(new Pipeline(session)), local, remote) : undefined,
    })
    return new SyncSource(options, { comparison, target, root }, to.root !== undefined, open.move())
  }

  async *find(): AsyncGenerator<readonly SourceItem[]> {
    if (this.#targetExists) this.#target.times.keep(this.#root)
    else if (!this.#options.dryRun) await this.#target.make(this.#root)
    for await (const differences of this.#comparison.differences(this.#targetExists)) {
      const found: SourceItem[] = []
      for (const difference of differences) await this.#apply(difference, found)
      yield found
    }
  }

  /**
   * Deletes the entries that the source does not have, if everything else has succeeded: otherwise they may
   * be the only copy of something that could not be moved. Then finds what takes the place of some of them.
   */
  async *findLater(hasFailed: boolean): AsyncGenerator<readonly SourceItem[]> {
    const { allowEmpty = false, maxDelete: most = Number.POSITIVE_INFINITY, dryRun } = this.#options
    const failed = await this.#target.drain()
    yield failed
    try {
      const limits = { allowEmpty, most, hasFailed: hasFailed || failed.length > 0 }
      for (const { entry, count } of this.#comparison.deletions(limits)) {
        yield [{ notice: changeNotice('delete', entry) }]
        this.#count('deleted', count, dryRun ? DONE : await this.#target.remove(entry))
      }
    } catch (error) {
      return yield [{ failure: fromErrno(error) }]
    }
    yield await this.#target.drain()
    for (const change of this.#deferred) {
      const found: SourceItem[] = []
      await this.#perform(change, found)
      yield found
    }
  }

  async *finish(): AsyncGenerator<readonly SourceItem[]> {
    if (!this.#options.dryRun) yield await this.#target.finish()
    await this.#counted
  }

  get counts(): SyncCounts {
    return { ...this.#counts, ...(this.#options.dryRun && { planned: this.#planned }) }
  }

  [Symbol.dispose](): void {
    this.#open[Symbol.dispose]()
  }

  /** Reports a difference, and resolves it unless this is a dry run. */
  async #apply(difference: Difference, found: SourceItem[]): Promise<void> {
    if ('failure' in difference) return void found.push(difference)
    if ('leftOut' in difference) return void found.push({ notice: leftOutNotice(difference.leftOut) })
    const { change, entry, isDeferred } = difference
    if (change === 'none') return this.#target.times.keep(entry)
    const refusal = this.#refusalOf(entry)
    if (refusal !== undefined) found.push({ failure: refusal })
    else if (isDeferred) this.#deferred.push(difference)
    else await this.#perform(difference, found)
  }

  async #perform({ change, entry }: Change, found: SourceItem[]): Promise<void> {
    found.push({ notice: changeNotice(change === 'none' ? 'attributes' : change, entry) })
    const isFolder = entry.type === 'directory'
    const { dryRun } = this.#options
    if (change === 'attributes') {
      const started = dryRun || isFolder ? DONE : await this.#target.setAttributes(entry)
      this.#count('changed', 1, started)
      if (isFolder && !dryRun) this.#target.times.set(entry)
    } else if (dryRun) {
      if (isFolder) return
      this.#planned = { files: this.#planned.files + 1, bytes: this.#planned.bytes + entry.size }
    } else if (isFolder) await this.#target.make(entry)
    else found.push({ job: this.#target.job(entry) })
  }

  /** Why the target cannot hold an entry. What is in a directory that it cannot hold has the same reason. */
  #refusalOf(entry: Entry): TransferError | undefined {
    const above = this.#refused.get(folderOf(entry.name))
    try {
      if (above === undefined) this.#target.requireName(entry)
    } catch (error) {
      const refusal = TransferError.from(error)
      if (entry.type === 'directory') this.#refused.set(entry.name, refusal)
      return refusal
    }
    if (above !== undefined && entry.type === 'directory') this.#refused.set(entry.name, above)
    return above
  }

  /** Counts entries for the summary once something has been done to them. */
  #count(what: 'changed' | 'deleted', count: number, { succeeded }: Started): void {
    this.#counted = this.#counted.then(async () => {
      if (await succeeded) this.#counts = { ...this.#counts, [what]: this.#counts[what] + count }
    })
  }
}
