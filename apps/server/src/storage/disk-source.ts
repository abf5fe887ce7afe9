import { constants } from 'node:fs'
import type { FileSystem, Stats } from '@ftp/files'
import { readFully, readNow } from '@ftp/files'
import { type Entry, fromErrno, type RemotePath, TransferError } from '@ftp/protocol'
import { attempt, type Directory, quote } from './directory.ts'
import type { Home } from './home.ts'
import { isSettled, toStatus } from './status.ts'
import type { SourceFile } from './storage.ts'

const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants

/** A file on the disk, open for reading. */
export class DiskSource implements SourceFile, Disposable {
  readonly entry: Entry
  readonly version: string
  readonly settled: boolean
  readonly #home: Home
  readonly #fs: FileSystem
  readonly #fd: number
  readonly #path: RemotePath
  readonly #opened: Stats

  /** @param parent the directory that contains the file */
  constructor(home: Home, path: RemotePath, parent: Directory) {
    this.#path = path
    this.#home = home
    const name = path.at(-1)
    if (name === undefined) throw new TransferError('is_directory', `${quote(path)} is a directory`)
    this.#fs = home.fs
    // Without O_NONBLOCK, opening a pipe would wait for its writer.
    const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
    this.#fd = attempt(path, () => this.#fs.open(parent.at(name), flags))
    try {
      this.#opened = this.#statusOfFile()
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
    const { entry, version } = toStatus(name, this.#opened, home)
    this.entry = entry
    this.version = version
    this.settled = isSettled(this.#opened)
  }

  #statusOfFile(): Stats {
    const stats = attempt(this.#path, () => this.#fs.fstat(this.#fd))
    if (stats.isDirectory()) throw new TransferError('is_directory', `${quote(this.#path)} is a directory`)
    if (!stats.isFile()) throw new TransferError('not_file', `${quote(this.#path)} is not a regular file`)
    return stats
  }

  async read(buffer: Uint8Array, offset: number): Promise<number> {
    try {
      return await readFully(this.#fs, this.#fd, buffer, offset)
    } catch (error) {
      throw fromErrno(error, quote(this.#path), 'on the server')
    }
  }

  /** As {@link read}, but synchronous. Use it for few bytes only. */
  readNow(buffer: Uint8Array, offset: number): number {
    return attempt(this.#path, () => readNow(this.#fs, this.#fd, buffer, offset))
  }

  requireUnchanged(): void {
    const now = attempt(this.#path, () => this.#fs.fstat(this.#fd))
    const written = now.size !== this.#opened.size || now.mtimeNs !== this.#opened.mtimeNs
    // A put that replaces the file changes the change time but not the content, as does adding or removing a
    // link.
    const touched = now.ctimeNs !== this.#opened.ctimeNs && now.nlink === this.#opened.nlink
    if (written || touched) {
      throw new TransferError('changed', `${quote(this.#path)} changed while it was being read; try again`)
    }
  }

  sizeNow(): number {
    const now = attempt(this.#path, () => this.#fs.fstat(this.#fd))
    const named = this.#named()
    if (named?.ino !== now.ino || named.dev !== now.dev)
      throw new TransferError('changed', `${quote(this.#path)} was removed or replaced by another file`)
    return Number(now.size)
  }

  #named(): Stats | undefined {
    try {
      using parent = this.#home.parentOf(this.#path)
      return this.#fs.find(parent.at(this.#path.at(-1) ?? ''))
    } catch (error) {
      if (error instanceof TransferError && error.code === 'not_found') return undefined
      throw fromErrno(error, quote(this.#path), 'on the server')
    }
  }

  [Symbol.dispose](): void {
    this.#fs.close(this.#fd)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]()
  }
}
