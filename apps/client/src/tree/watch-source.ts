import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type Entry,
  type FailureCode,
  formatPath,
  printable,
  type RemotePath,
  TransferError,
} from '@ftp/protocol'
import type { Job } from '../queue/job.ts'
import type { TransferSummary } from '../queue/reporter.ts'
import { type JobSource, runJobs, type SourceItem } from '../queue/scheduler.ts'
import type { Selection } from '../selection/selection.ts'
import type { Session } from '../session/session.ts'
import type { TransferResult } from '../transfer/result.ts'
import { LocalTree } from './local-tree.ts'
import { type PutManyOptions, runOptionsOf, selectionOf } from './options.ts'
import { RemoteTarget } from './remote-target.ts'
import { localRoot, remoteRoot } from './roots.ts'
import { folderOf, type Listed, type Tree } from './tree.ts'
import { type UploadSettings, uploadSettingsFor } from './upload-settings.ts'
import { walk } from './walk.ts'

/** How long a file must stay unchanged before it counts as complete, in milliseconds. */
const COMPLETE_AFTER_MS = 1_000

/** The options for watching a folder. */
export interface WatchOptions extends PutManyOptions {
  /** Whether subfolders are watched too. Default: false. */
  readonly recursive?: boolean | undefined
}

/**
 * Stores the files that are in a folder, and those that appear in it, until the session's signal is aborted.
 * @param to an existing directory on the server
 * @param client identifies this client: 32 hex digits
 * @throws TransferError `not_found`, `not_directory`
 */
export async function watchFolder(
  session: Session,
  folder: string,
  to: RemotePath,
  { client, ...options }: WatchOptions & { readonly client: string },
): Promise<TransferSummary> {
  const select = await selectionOf(options)
  if (localRoot(folder) === undefined)
    throw new TransferError('not_found', `there is no folder "${printable(folder)}" here`)
  if ((await remoteRoot(session, to)) === undefined)
    throw new TransferError('not_found', `there is no directory "${formatPath(to)}" on the server`)
  const settings = await uploadSettingsFor(session, client, options.ifExists)
  using source = new WatchSource(session, folder, { ...options, select, settings, to })
  return await runJobs(session, source, runOptionsOf(options))
}

interface WatchSourceOptions extends WatchOptions {
  readonly select: Selection
  readonly settings: UploadSettings
  readonly to: RemotePath
}

/**
 * Finds the files that are in a folder or appear in it, each as soon as it stops changing, and again after it
 * has changed, until the session's signal is aborted. Hidden files are left alone, because programs write to
 * them before they give a file its name.
 */
class WatchSource implements JobSource, Disposable {
  readonly isEndless = true
  readonly #session: Session
  readonly #folder: string
  readonly #select: Selection
  readonly #tree: Tree
  readonly #target: RemoteTarget
  /**
   * The version of each file when the folder was last read; below it, the version that was stored or is in
   * progress.
   */
  #seen = new Map<string, string>()
  readonly #taken = new Map<string, string>()
  readonly #moving = new Set<string>()
  readonly #failed = new Map<string, FailureCode>()
  /** The files and folders that could not be read the last time. */
  #unreadable = new Set<string>()
  /** Why directories could not be made the last time. */
  #unmade = new Set<string>()

  constructor(
    session: Session,
    folder: string,
    { select, settings, to, recursive = false, links = 'skip' }: WatchSourceOptions,
  ) {
    this.#session = session
    this.#folder = folder
    this.#select = select
    this.#tree = visible(new LocalTree(folder, links), recursive)
    this.#target = new RemoteTarget(session, folder, to, settings)
  }

  async *find(): AsyncGenerator<readonly SourceItem[]> {
    const { signal } = this.#session
    while (!signal.aborted) {
      yield* this.#look()
      yield await this.#drain()
      await delay(COMPLETE_AFTER_MS, undefined, { signal }).catch(() => {})
    }
  }

  async *finish(): AsyncGenerator<readonly SourceItem[]> {}

  [Symbol.dispose](): void {
    this.#target[Symbol.dispose]()
  }

  /** Takes each file that has not changed since the last time and has not been taken in that version. */
  async *#look(): AsyncGenerator<readonly SourceItem[]> {
    const [before, unreadable] = [this.#seen, this.#unreadable]
    this.#seen = new Map()
    this.#unreadable = new Set()
    for await (const page of walk(this.#tree, this.#select)) {
      const found: SourceItem[] = []
      for (const one of page) {
        if ('failure' in one) {
          this.#unreadable.add(one.failure.message)
          if (!unreadable.has(one.failure.message)) found.push(one)
        } else if (one.type === 'directory') await this.#make(one)
        else if (one.type === 'file') {
          const version = this.#versionOf(one)
          if (version === undefined) continue
          this.#seen.set(one.name, version)
          const isComplete = before.get(one.name) === version
          if (isComplete && this.#taken.get(one.name) !== version && !this.#moving.has(one.name))
            if (await this.#isReady(folderOf(one.name))) found.push({ job: this.#job(one, version) })
        }
      }
      yield found
    }
  }

  async #make(folder: Entry): Promise<void> {
    if (!(await this.#target.isMade(folder.name))) await this.#target.make(folder)
  }

  async #isReady(folder: string): Promise<boolean> {
    return folder === '' || (await this.#target.isMade(folder))
  }

  /** A directory that cannot be made is tried again each time, and reported once. */
  async #drain(): Promise<readonly SourceItem[]> {
    const before = this.#unmade
    const failed = await this.#target.drain()
    this.#unmade = new Set(failed.map(({ failure }) => failure.message))
    return failed.filter(({ failure }) => !before.has(failure.message))
  }

  #job(file: Entry, version: string): Job {
    this.#taken.set(file.name, version)
    this.#moving.add(file.name)
    return {
      ...this.#target.job(file),
      label: file.name,
      failedBefore: this.#failed.get(file.name),
      ended: (end) => this.#ended(file.name, end),
    }
  }

  /** @returns whether the end counts */
  #ended(name: string, end: TransferResult | TransferError): boolean {
    this.#moving.delete(name)
    this.#failed.delete(name)
    if (!(end instanceof TransferError)) return true
    if (this.#session.signal.aborted) return false
    // If the file changed while it was sent, or if the failure may pass, it is taken again; otherwise, only
    // once it changes.
    const isFolderGone = end.code === 'not_found' && folderOf(name) !== ''
    if (isFolderGone) this.#target.forget(folderOf(name))
    if (end.code === 'changed' || end.advice !== 'stop' || isFolderGone) this.#taken.delete(name)
    if (end.code === 'changed') return false
    this.#failed.set(name, end.code)
    return true
  }

  /** Undefined if the file no longer exists. */
  #versionOf({ name }: Entry): string | undefined {
    const stats = fs.statSync(path.join(this.#folder, name), { bigint: true, throwIfNoEntry: false })
    return stats && `${stats.ino} ${stats.size} ${stats.mtimeNs}`
  }
}

/** The same tree without hidden names and, unless they are wanted, without folders. */
function visible(tree: Tree, folders: boolean): Tree {
  const isVisible = (one: Listed): boolean =>
    'failure' in one || (!one.name.startsWith('.') && (folders || one.type !== 'directory'))
  return {
    list: async function* (folder) {
      for await (const page of tree.list(folder)) yield page.filter(isVisible)
    },
  }
}
