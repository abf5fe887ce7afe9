import { type Entry, fromErrno, type RemotePath, TransferError } from '@ftp/protocol'
import type { TransferSummary } from '../queue/reporter.ts'
import { type JobSource, runJobs, type SourceItem } from '../queue/scheduler.ts'
import type { Selection } from '../selection/selection.ts'
import { Pipeline } from '../session/pipeline.ts'
import type { Session } from '../session/session.ts'
import { Comparison, type Difference } from './comparison.ts'
import { LocalTarget } from './local-target.ts'
import { type LinkPolicy, LocalTree } from './local-tree.ts'
import { changeNotice, leftOutNotice } from './notices.ts'
import { type ManyOptions, runOptionsOf, selectionOf } from './options.ts'
import { RemoteTarget } from './remote-target.ts'
import { RemoteTree } from './remote-tree.ts'
import { localRoot, remoteRoot } from './roots.ts'
import { sameContent } from './same-content.ts'
import type { Target } from './target.ts'
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

/** Turns the differences between two directories into work. */
class SyncSource implements JobSource, Disposable {
  readonly #options: SyncSourceOptions
  readonly #comparison: Comparison
  readonly #target: Target
  readonly #root: Entry
  readonly #targetExists: boolean
  readonly #open: Disposable

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
   * be the only copy of something that could not be moved.
   */
  async *finish(hasFailed: boolean): AsyncGenerator<readonly SourceItem[]> {
    const { allowEmpty = false, maxDelete: most = Number.POSITIVE_INFINITY, dryRun } = this.#options
    const failed = await this.#target.drain()
    yield failed
    try {
      const limits = { allowEmpty, most, hasFailed: hasFailed || failed.length > 0 }
      for (const entry of this.#comparison.deletions(limits)) {
        yield [{ notice: changeNotice('delete', entry) }]
        if (!dryRun) await this.#target.remove(entry)
      }
    } catch (error) {
      yield [{ failure: fromErrno(error) }]
    }
    if (!dryRun) yield await this.#target.finish()
  }

  [Symbol.dispose](): void {
    this.#open[Symbol.dispose]()
  }

  /** Reports a difference, and resolves it unless this is a dry run. */
  async #apply(difference: Difference, found: SourceItem[]): Promise<void> {
    if ('failure' in difference) return void found.push(difference)
    if ('leftOut' in difference) return void found.push({ notice: leftOutNotice(difference.leftOut) })
    const { change, entry } = difference
    if (change === 'none') return this.#target.times.keep(entry)
    found.push({ notice: changeNotice(change, entry) })
    if (this.#options.dryRun) return
    const isFolder = entry.type === 'directory'
    if (change === 'attributes') {
      if (isFolder) this.#target.times.set(entry)
      else await this.#target.setAttributes(entry)
    } else if (isFolder) await this.#target.make(entry)
    else found.push({ job: this.#target.job(entry) })
  }
}
