import fs from 'node:fs'
import path from 'node:path'
import {
  type Entry,
  fromErrno,
  type IfExists,
  joinPath,
  printable,
  type RemotePath,
  type TransferError,
  toUtime,
} from '@ftp/protocol'
import type { Job } from '../queue/job.ts'
import { BatchDownload } from '../transfer/download/batch-download.ts'
import { downloadFile } from '../transfer/download/download-file.ts'
import { DestinationScan } from '../transfer/local/destination-scan.ts'
import { localDisk } from '../transfer/local/local-disk.ts'
import { makeFolder } from '../transfer/local/local-folder.ts'
import { FolderTimes } from './folder-times.ts'
import type { Started, Target } from './target.ts'
import { type Failed, folderOf } from './tree.ts'

/** Read once, because reading it takes a system call or two. */
const UMASK = process.umask()

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
      await makeFolder(this.#path(folder), localDisk)
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
    const [remote, local] = [this.nameOf(file), this.#path(file)]
    return {
      name: remote,
      to: local,
      size: file.size,
      batch: this.#failureOf(file) === undefined && this.#scan.isFree(local) ? this.#batch : undefined,
      move: async (session, listener) => {
        const failure = this.#failureOf(file)
        if (failure) throw failure
        const from = joinPath(this.#from, file.name)
        const [ifExists, streams] = [this.#ifExists, this.#streams]
        return await downloadFile(session, from, local, { ifExists, listener, listed: file, streams })
      },
    }
  }

  requireName({ name }: Entry): void {
    if (name !== '') joinPath(this.#from, name)
  }

  async remove(entry: Entry): Promise<Started> {
    this.times.changeFolderOf(entry.name)
    return this.#attempt(entry, () => fs.rmSync(this.#path(entry), { recursive: true }))
  }

  isLike(entry: Entry, there: Entry): boolean {
    return entry.mtime === there.mtime && modeOf(entry) === there.mode
  }

  async setAttributes(entry: Entry): Promise<Started> {
    return this.#attempt(entry, () => {
      const time = toUtime(entry.mtime)
      fs.chmodSync(this.#path(entry), modeOf(entry))
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

  #path({ name }: Entry): string {
    return path.join(this.#root, name)
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
    const failure = fromErrno(error, `"${printable(this.#path(entry))}"`)
    this.#failed.push(failure)
    return failure
  }
}

/**
 * As with fetched files, the umask removes some permission bits. The owner of a directory keeps access to it
 * in any case.
 */
function modeOf({ type, mode }: Entry): number {
  return (type === 'directory' ? mode | 0o700 : mode) & ~UMASK
}
