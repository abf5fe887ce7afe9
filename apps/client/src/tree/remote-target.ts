import path from 'node:path'
import { type Entry, isSameTime, joinPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Job } from '../queue/job.ts'
import { mkdir } from '../requests/mkdir.ts'
import { move } from '../requests/move.ts'
import { remove } from '../requests/remove.ts'
import { setstat } from '../requests/setstat.ts'
import { stat } from '../requests/stat.ts'
import { Pipeline } from '../session/pipeline.ts'
import type { Session } from '../session/session.ts'
import { BatchUpload } from '../transfer/upload/batch-upload.ts'
import { uploadFile } from '../transfer/upload/upload-file.ts'
import { FolderTimes } from './folder-times.ts'
import { isSameMode, type Started, type Target } from './target.ts'
import { type Failed, folderOf } from './tree.ts'
import type { UploadSettings } from './upload-settings.ts'

/** A directory on the server that is made like a local one. */
export class RemoteTarget implements Target {
  readonly times = new FolderTimes()
  /** The prefixes of the paths of everything in it, on this machine and on the server. */
  readonly #from: string
  readonly #to: string
  readonly #root: RemotePath
  readonly #settings: UploadSettings
  readonly #requests: Pipeline
  readonly #session: Session
  /** Each promise settles when its directory exists or cannot be made. */
  readonly #made = new Map<string, Promise<void>>()
  readonly #failed = new Set<TransferError>()
  readonly #batch: BatchUpload

  constructor(session: Session, from: string, root: RemotePath, settings: UploadSettings) {
    this.#requests = new Pipeline(session)
    this.#session = session
    this.#from = path.join(from, path.sep)
    this.#to = [...root, ''].join('/')
    this.#root = root
    this.#settings = settings
    this.#batch = new BatchUpload(settings)
  }

  async make(folder: Entry): Promise<void> {
    this.times.set(folder)
    this.times.changeFolderOf(folder.name)
    const above = folder.name === '' ? undefined : this.#made.get(folderOf(folder.name))
    const { done } = await this.#start(async (session) => {
      await above
      await mkdir(session, this.#path(folder), true)
    })
    this.#made.set(folder.name, done)
  }

  /** Whether the directory has been made; waits if that is in progress. */
  async isMade(folder: string): Promise<boolean> {
    return (await this.#outcome(folder)) ?? false
  }

  /** Called when a directory that was made is no longer there. */
  forget(folder: string): void {
    this.#made.delete(folder)
  }

  nameOf({ name }: Entry): string {
    return this.#from + name
  }

  job(file: Entry): Job {
    this.times.changeFolderOf(file.name)
    const local = this.nameOf(file)
    const ready = this.#made.get(folderOf(file.name))
    const { client, run, ifExists } = this.#settings
    return {
      name: local,
      to: this.#to + file.name,
      size: file.size,
      ready,
      // With these policies, a file that one attempt has stored would stand in the way of the next.
      batch: ifExists === 'fail' || ifExists === 'rename' ? undefined : this.#batch,
      move: async (session, listener) => {
        await ready
        return await uploadFile(session, local, this.#path(file), { client, run, ifExists, listener })
      },
    }
  }

  requireName(entry: Entry): void {
    this.#path(entry)
  }

  async remove(entry: Entry): Promise<Started> {
    this.times.changeFolderOf(entry.name)
    return await this.#start((session) => remove(session, joinPath(this.#root, entry.name), true))
  }

  async isOneName(entry: Entry): Promise<boolean> {
    try {
      await this.#session.run(({ connection }) => stat(connection, this.#path(entry)))
      return true
    } catch (error) {
      if (error instanceof TransferError && error.code === 'not_found') return false
      throw error
    }
  }

  async respell(entry: Entry, there: Entry): Promise<void> {
    this.times.changeFolderOf(entry.name)
    await move(this.#session, joinPath(this.#root, there.name), this.#path(entry), 'fail')
  }

  isLike(entry: Entry, there: Entry): boolean {
    if (!this.#settings.maySetAttributes) return true
    return isSameTime(entry.mtime, there.mtime) && isSameMode(modeOf(entry), there.mode)
  }

  async setAttributes(entry: Entry): Promise<Started> {
    const { mtime } = entry
    return await this.#start((session) => setstat(session, this.#path(entry), { mtime, mode: modeOf(entry) }))
  }

  async drain(): Promise<readonly Failed[]> {
    await this.#requests.idle()
    const failed = [...this.#failed].map((failure) => ({ failure }))
    this.#failed.clear()
    return failed
  }

  async finish(): Promise<readonly Failed[]> {
    await this.#requests.idle()
    const due = this.#settings.maySetAttributes ? this.times.due : []
    for (const folder of due) {
      const isHome = folder.name === '' && this.#root.length === 0
      const isThere = await this.#outcome(folder.name)
      if (!isHome && isThere !== false) await this.setAttributes(folder)
    }
    return await this.drain()
  }

  [Symbol.dispose](): void {
    this.#requests[Symbol.dispose]()
  }

  /** Whether the attempt to make a directory succeeded; undefined if there was none. */
  async #outcome(folder: string): Promise<boolean | undefined> {
    return await this.#made.get(folder)?.then(
      () => true,
      () => false,
    )
  }

  /** @throws TransferError `name` if there are servers that could not store the path */
  #path({ name }: Entry): RemotePath {
    const path = name === '' ? this.#root : joinPath(this.#root, name)
    this.#settings.requireStorable(path)
    return path
  }

  /** Starts a request of which only the failure matters. */
  async #start(
    action: (session: Session) => Promise<void>,
  ): Promise<Started & { readonly done: Promise<void> }> {
    const { done } = await this.#requests.start(action)
    const succeeded = done.then(
      () => true,
      (error: unknown) => {
        this.#failed.add(TransferError.from(error))
        return false
      },
    )
    return { done, succeeded }
  }
}

/** The owner of a directory keeps access to it in any case. */
function modeOf({ type, mode }: Entry): number | undefined {
  return type === 'directory' && mode !== undefined ? mode | 0o700 : mode
}
