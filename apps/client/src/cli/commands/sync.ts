import v8 from 'node:v8'
import { type Entry, fromErrno, TransferError } from '@ftp/protocol'
import { Client } from '../../client.ts'
import { type JobSource, runTransfers, type SourceItem } from '../../queue/scheduler.ts'
import { Pipeline } from '../../session/pipeline.ts'
import type { Session } from '../../session/session.ts'
import { Comparison, type Difference } from '../../tree/comparison.ts'
import { LocalTarget } from '../../tree/local-target.ts'
import { LocalTree } from '../../tree/local-tree.ts'
import { changeNotice, leftOutNotice } from '../../tree/notices.ts'
import { RemoteTarget } from '../../tree/remote-target.ts'
import { RemoteTree } from '../../tree/remote-tree.ts'
import { sameContent } from '../../tree/same-content.ts'
import type { Target } from '../../tree/target.ts'
import { localRoot, remoteRoot, type Sides, sidesOf } from '../arguments/sync-sides.ts'
import { chosen, type TreeChoice, type TreeOptions } from '../arguments/tree-options.ts'
import { uploadSettingsFor } from '../arguments/upload-settings.ts'
import { type Context, folderOf, localPath, remotePath } from '../context.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { openSession } from '../open-session.ts'
import { reporterFor } from '../reporter-for.ts'

export interface SyncOptions extends TreeOptions {
  readonly jobs: number
  readonly delete?: boolean
  readonly allowEmpty?: boolean
  readonly maxDelete?: number
  readonly dryRun?: boolean
  readonly checksum?: boolean
}

/** `sync <source> <target>`: makes the target like the source, by moving what differs. */
export async function sync(
  context: Context,
  from: string,
  to: string,
  options: SyncOptions,
): Promise<number> {
  // What has been compared is garbage at once: V8's nursery, which grows to 64 MiB by itself, would only hold more of it.
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  const sides = sidesOf(from, to)
  const tree = await chosen(context, options, sides.way === 'put' ? 'here' : 'server')
  const { server = context.options.server } = sides
  const there = { ...context, options: { ...context.options, ...(server !== undefined && { server }) } }
  using session = await openSession(there)
  using open = new DisposableStack()
  const work = await prepare(context, session, sides, options, tree, open)
  const reporter = await reporterFor(context, sides.way === 'put' ? 'stored' : 'received', true, true)
  const { codes } = await runTransfers(session, reporter, work, options.jobs)
  return exitCodeOf(codes)
}

/** @param open is given what has to be closed */
async function prepare(
  context: Context,
  session: Session,
  { way, ...typed }: Sides,
  options: SyncOptions,
  { selection, links }: TreeChoice,
  open: DisposableStack,
): Promise<JobSource> {
  const client = new Client(session, folderOf(context))
  const [local, remote] = [localPath(context, typed.local), remotePath(context, typed.remote)]
  const here = { root: localRoot(local), tree: new LocalTree(local, links) }
  const there = {
    root: await remoteRoot(client, remote),
    tree: open.use(new RemoteTree(session, remote)),
  }
  const [from, to] = way === 'put' ? [here, there] : [there, here]
  if (from.root === undefined)
    throw new TransferError('not_found', 'there is no such source directory; nothing was changed')
  const target: Target =
    way === 'get'
      ? new LocalTarget(remote, local, 'replace')
      : new RemoteTarget(session, local, remote, await uploadSettingsFor(context, client, 'replace'))
  open.use(target)
  const comparison = new Comparison(from.tree, to.tree, {
    selection,
    delete: options.delete ?? false,
    isLike: (entry, existing) => target.isLike(entry, existing),
    sameContent: options.checksum ? sameContent(open.use(new Pipeline(session)), local, remote) : undefined,
  })
  return new Syncing(options, comparison, target, from.root, to.root !== undefined)
}

class Syncing implements JobSource {
  readonly #options: SyncOptions
  readonly #comparison: Comparison
  readonly #target: Target
  readonly #root: Entry
  readonly #targetExists: boolean

  constructor(
    options: SyncOptions,
    comparison: Comparison,
    target: Target,
    root: Entry,
    targetExists: boolean,
  ) {
    this.#options = options
    this.#comparison = comparison
    this.#target = target
    this.#root = root
    this.#targetExists = targetExists
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

  /** Deletes what the source does not have, where all else went well: what could not be moved may be all there is. */
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

  /** Reports a difference, and removes it unless this is a dry run. */
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
