import fs from 'node:fs'
import path from 'node:path'
import { requireOwnSpelling, respell } from '@ftp/files'
import {
  type Entry,
  fromErrno,
  type IfExists,
  isSameTime,
  joinPath,
  printable,
  type RemotePath,
  TransferError,
  toUtime,
} from '@ftp/protocol'
import type { Job } from '../queue/job.ts'
import { BatchDownload } from '../transfer/download/batch-download.ts'
import { downloadFile } from '../transfer/download/download-file.ts'
import { DestinationScan } from '../transfer/local/destination-scan.ts'
import { localDisk } from '../transfer/local/local-disk.ts'
import { LocalFolder, makeFolder } from '../transfer/local/local-folder.ts'
import { localModeOf } from '../transfer/local/local-mode.ts'
import { localPathBelow } from '../transfer/local/local-path.ts'
import { FolderTimes } from './folder-times.ts'
import { isSameMode, type Started, type Target } from './target.ts'
import { type Failed, folderOf } from './tree.ts'

/** On Windows, an operation on a file that is in use is repeated for a second. */
const REMOVE = { recursive: true, maxRetries: 4, retryDelay: 100 }

/** A local folder that is made like a directory on the server. */
export class LocalTarget implements Target {
  readonly times = new FolderTimes()
  readonly #from: RemotePath
  /** The prefix of the names of everything below the source directory. */
  readonly #prefix: string
  readonly #root: string
  readonly #ifExists: IfExists
  readonly #streams: number
  /** The directories that could not be made, and why. */
  readonly #unmade = new Map<string, TransferError>()
  readonly #failed: TransferError[] = []
  readonly #scan: DestinationScan
  readonly #batch: BatchDownload

  constructor(from: RemotePath, root: string, ifExists: IfExists, streams = 1) {
    this.#from = from
    this.#prefix = from.map((name) => `${name}/`).join('')
    this.#root = root
    this.#ifExists = ifExists
    this.#scan = new DestinationScan(ifExists)
    this.#batch = new BatchDownload(ifExists)
    this.#streams = streams
  }

  async make(folder: Entry): Promise<void> {
    this.times.changeFolderOf(folder.name)
    try {
      // A directory that could not be made has been reported, and nothing can be put into it.
      const failure = this.#failureOf(folder)
      if (failure) throw failure
      const place = this.#path(folder)
      await makeFolder(place, localDisk)
      // Otherwise, two directories of the server would become one here.
      if (folder.name !== '')
        requireOwnSpelling(new LocalFolder(path.dirname(place), localDisk), path.basename(place))
      this.times.set(folder)
    } catch (error) {
      this.#unmade.set(folder.name, this.#fail(folder, error))
    }
  }

  nameOf({ name }: Entry): string {
    return this.#prefix + name
  }

  job(file: Entry): Job {
    this.times.changeFolderOf(file.name)
    const local = path.join(this.#root, file.name)
    const mayStore = (): boolean => this.#refusalOf(file) === undefined
    return {
      name: this.nameOf(file),
      to: local,
      size: file.size,
      batch: mayStore() && this.#scan.isFree(local) ? this.#batch : undefined,
      move: async (session, listener) => {
        const failure = this.#refusalOf(file)
        if (failure) throw failure
        const from = joinPath(this.#from, file.name)
        const [ifExists, streams] = [this.#ifExists, this.#streams]
        return await downloadFile(session, from, local, { ifExists, listener, listed: file, streams })
      },
    }
  }

  requireName(entry: Entry): void {
    if (entry.name !== '') joinPath(this.#from, entry.name)
    this.#path(entry)
  }

  async remove(entry: Entry): Promise<Started> {
    this.times.changeFolderOf(entry.name)
    return this.#attempt(entry, () => fs.rmSync(this.#path(entry), REMOVE))
  }

  async isOneName(entry: Entry, there: Entry): Promise<boolean> {
    const [one, other] = [localDisk.find(this.#path(entry)), localDisk.find(this.#path(there))]
    return one !== undefined && one.ino === other?.ino && one.dev === other.dev
  }

  async respell(entry: Entry, there: Entry): Promise<void> {
    this.times.changeFolderOf(entry.name)
    const [place, old] = [this.#path(entry), this.#path(there)]
    respell(new LocalFolder(path.dirname(place), localDisk), path.basename(old), path.basename(place))
  }

  isLike(entry: Entry, there: Entry): boolean {
    return isSameTime(entry.mtime, there.mtime) && isSameMode(localModeOf(entry), there.mode)
  }

  async setAttributes(entry: Entry): Promise<Started> {
    return this.#attempt(entry, () => {
      const time = toUtime(entry.mtime)
      const mode = localModeOf(entry)
      if (mode !== undefined) fs.chmodSync(this.#path(entry), mode)
      fs.utimesSync(this.#path(entry), time, time)
    })
  }

  async drain(): Promise<readonly Failed[]> {
    return [...new Set(this.#failed.splice(0))].map((failure) => ({ failure }))
  }

  async finish(): Promise<readonly Failed[]> {
    // The home itself is left alone: fetching it fetches only its entries.
    const due = this.times.due.filter(({ name }) => name !== '' || this.#from.length > 0)
    for (const folder of due) await this.setAttributes(folder)
    return await this.drain()
  }

  [Symbol.dispose](): void {}

  /** @throws TransferError `name` if the disk cannot store it */
  #path({ name }: Entry): string {
    return localPathBelow(this.#root, name)
  }

  /** Why a file cannot be stored, as far as that is known before it arrives. */
  #refusalOf(file: Entry): TransferError | undefined {
    try {
      this.#path(file)
      return this.#failureOf(file)
    } catch (error) {
      return TransferError.from(error)
    }
  }

  /** Why the directory of an entry does not exist. */
  #failureOf({ name }: Entry): TransferError | undefined {
    return name === '' ? undefined : this.#unmade.get(folderOf(name))
  }

  #attempt(entry: Entry, action: () => void): Started {
    try {
      action()
      return { succeeded: Promise.resolve(true) }
    } catch (error) {
      this.#fail(entry, error)
      return { succeeded: Promise.resolve(false) }
    }
  }

  #fail(entry: Entry, error: unknown): TransferError {
    const failure = fromErrno(error, `"${printable(path.join(this.#root, entry.name))}"`)
    this.#failed.push(failure)
    return failure
  }
}
