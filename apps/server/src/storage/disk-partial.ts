import { constants } from 'node:fs'
import { type FileSystem, publish, readFully, writeFully } from '@ftp/files'
import { errnoOf, fromErrno, PARTIAL_PREFIX, type RemotePath, TransferError } from '@ftp/protocol'
import { announce } from './announce.ts'
import { type Directory, ifThere, quote } from './directory.ts'
import type { Home } from './home.ts'
import { modeOf, setMetadata } from './metadata.ts'
import { toStatus } from './status.ts'
import type { Exclusive, FileMetadata, OnChange, PartialFile, Status } from './storage.ts'

const { O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDWR } = constants

/**
 * The partial of an upload: a hidden file in the directory of its target, because only there a rename is sure to
 * stay on one file system and to inherit what the directory gives its files.
 */
export class DiskPartial implements PartialFile {
  readonly #fs: FileSystem
  readonly #parent: Directory
  readonly #fd: number
  readonly #hidden: string
  readonly #target: string
  readonly #what: string
  readonly #exclusive: Exclusive
  #size: number
  #open = true

  constructor(home: Home, path: RemotePath, key: string, length: number | null, exclusive: Exclusive) {
    this.#what = quote(path)
    const name = path.at(-1)
    if (name === undefined) throw new TransferError('is_directory', `${this.#what} is a directory`)
    this.#target = name
    this.#hidden = PARTIAL_PREFIX + key
    this.#exclusive = exclusive
    this.#fs = home.fs
    using opened = new DisposableStack()
    this.#parent = opened.use(home.parentOf(path))
    try {
      const hidden = this.#parent.at(this.#hidden)
      const held = this.#fs.find(hidden)
      // Two names: a crash between link and unlink has left it, and its bytes are a published file's.
      const usable = held?.isFile() === true && held.nlink === 1n
      if (held !== undefined && !usable) this.#fs.unlink(hidden)
      if (length !== null) requireSpace(this.#parent, length - (usable ? Number(held.size) : 0), this.#what)
      this.#fd = this.#fs.open(hidden, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600)
      opened.adopt(this.#fd, (fd) => this.#fs.close(fd))
      this.#size = Number(this.#fs.fstat(this.#fd).size)
    } catch (error) {
      throw fromErrno(error, this.#what)
    }
    opened.move()
  }

  get size(): number {
    return this.#size
  }

  read(buffer: Uint8Array, offset: number): Promise<number> {
    return this.#attempt(() => readFully(this.#fs, this.#fd, buffer, offset))
  }

  async write(bytes: Uint8Array, offset: number): Promise<void> {
    await this.#attempt(() => writeFully(this.#fs, this.#fd, bytes, offset))
    this.#size = Math.max(this.#size, offset + bytes.length)
  }

  async truncate(size: number): Promise<void> {
    await this.#attempt(() => this.#fs.ftruncate(this.#fd, size))
    this.#size = size
  }

  async commit(metadata: FileMetadata, onChange?: OnChange): Promise<Status | undefined> {
    const mode = modeOf(metadata)
    // Its owner's rights stay until it is published: a later attempt must be able to open what a crash leaves.
    await this.#attempt(async () => setMetadata(this.#fs, this.#fd, mode | 0o600, metadata))
    try {
      await this.#fs.fsync(this.#fd)
    } catch (error) {
      // The kernel may have dropped the pages and forgotten that they were dirty: nothing may build on them.
      await this.discard()
      throw fromErrno(error, this.#what)
    }
    const published = await this.#attempt(async () =>
      this.#exclusive(() => {
        const { ifExists } = metadata
        if (onChange) announce(this.#parent, this.#hidden, this.#target, { ifExists, onChange })
        const name = publish(this.#parent, this.#hidden, this.#target, ifExists)
        if (name === undefined) return undefined
        if ((mode & 0o600) !== 0o600) this.#fs.fchmod(this.#fd, mode)
        // At once: from now on anybody may write to it, and that would be another version.
        return toStatus(name, this.#fs.fstat(this.#fd))
      }),
    )
    if (published === undefined) await this.discard()
    else if ((mode & 0o600) !== 0o600) await this.#attempt(() => this.#fs.fsync(this.#fd))
    await this.#attempt(() => this.#parent.sync())
    return published
  }

  async discard(): Promise<void> {
    await this.#attempt(async () => ifThere(() => this.#fs.unlink(this.#parent.at(this.#hidden))))
    this.#size = 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return
    this.#open = false
    this.#fs.close(this.#fd)
    this.#parent[Symbol.dispose]()
  }

  async #attempt<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (error) {
      throw errnoOf(error) === 'EEXIST'
        ? new TransferError('exists', `${this.#what} already exists`)
        : fromErrno(error, this.#what)
    }
  }
}

/** Early, and only a hint: nothing reserves the space. */
function requireSpace(directory: Directory, needed: number, what: string): void {
  const { bavail, bsize } = directory.fs.statfs(directory.self)
  const free = bavail * bsize
  if (needed > free)
    throw new TransferError('no_space', `${what} needs ${needed} bytes, the disk has ${free} free`)
}
