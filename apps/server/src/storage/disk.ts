import { type FileSystem, requireOwnSpelling, type Stats, sizeOf, systemFiles, toEntry } from '@ftp/files'
import {
  type Entry,
  errnoOf,
  fromErrno,
  HOME,
  type IfExists,
  nameProblem,
  PARTIAL_PREFIX,
  type RemotePath,
  STATE_NAME,
  TransferError,
  toMicroseconds,
} from '@ftp/protocol'
import { setAttributes } from './attributes.ts'
import { DescriptorBudget } from './descriptor-budget.ts'
import { attempt, Directory, ifThere, isDirectory, quote, sync } from './directory.ts'
import { DiskPartial } from './disk-partial.ts'
import { DiskSource } from './disk-source.ts'
import { Home } from './home.ts'
import { move } from './move.ts'
import { readAll } from './read-all.ts'
import { removeDirectory, requireNoMount } from './remove-directory.ts'
import { requireVersion, toStatus } from './status.ts'
import type {
  Attributes,
  ChangeOptions,
  Exclusive,
  HeldPartial,
  OmissionListener,
  OnChange,
  PartialFile,
  PartialListener,
  Publishing,
  Read,
  SourceFile,
  Status,
  Storage,
  Stored,
  WholeFile,
} from './storage.ts'
import { storeAll } from './store-all.ts'

const NOBODY: PartialListener = { removed() {}, moved() {} }
/** Errors that concern one entry and not its directory: a damaged inode, or a file system that has gone from under it. */
const BROKEN: ReadonlySet<string> = new Set(['EIO', 'ENOTCONN', 'ESTALE', 'EOVERFLOW', 'EHOSTDOWN'])
const UNHEARD: OmissionListener = { unnamable() {}, unreadable() {} }

/** The objects that all folders of one disk share. */
interface Surroundings {
  readonly exclusive: Exclusive
  readonly partials: PartialListener
  readonly descriptors: DescriptorBudget
}

/** A folder of the local disk and everything below it. */
class DiskFolder implements Storage {
  readonly #home: Home
  readonly #exclusive: Exclusive
  readonly #partials: PartialListener
  readonly #descriptors: DescriptorBudget

  constructor(home: Home, { exclusive, partials, descriptors }: Surroundings) {
    this.#home = home
    this.#exclusive = exclusive
    this.#partials = partials
    this.#descriptors = descriptors
  }

  get #fs(): FileSystem {
    return this.#home.fs
  }

  below(directory: RemotePath): Storage {
    return new DiskFolder(this.#home.below(directory), {
      exclusive: this.#exclusive,
      partials: this.#partials,
      descriptors: this.#descriptors,
    })
  }

  stat(path: RemotePath): Status {
    const name = path.at(-1)
    if (name === undefined) {
      using home = this.#home.open()
      return toStatus(
        '',
        attempt(path, () => this.#fs.fstat(home.fd)),
        home,
      )
    }
    using parent = this.#home.parentOf(path)
    return toStatus(
      name,
      attempt(path, () => this.#fs.lstat(parent.at(name))),
      parent,
    )
  }

  find(path: RemotePath): Status | undefined {
    const name = path.at(-1)
    if (name === undefined) return this.stat(path)
    using parent = this.#home.parentOf(path)
    const stats = attempt(path, () => this.#fs.find(parent.at(name)))
    return stats && toStatus(name, stats, parent)
  }

  freeBytes(): number {
    using home = this.#home.open()
    const { bavail, bsize } = attempt(HOME, () => this.#fs.statfs(home.self))
    return bavail * bsize
  }

  *list(path: RemotePath, omitted: OmissionListener = UNHEARD): Generator<Entry> {
    using directory = this.#home.descend(path)
    const replaced = new Set<string>()
    for (const name of names(directory, path)) {
      if (name.startsWith(PARTIAL_PREFIX) || name === STATE_NAME) continue
      const isReplaced = name.includes('\ufffd')
      if (attempt(path, () => isUnnamable(directory, name)) || (isReplaced && replaced.has(name))) {
        omitted.unnamable(name)
        continue
      }
      const stats = this.#look(directory, name, path)
      if (isReplaced) replaced.add(name)
      if (stats === 'unreadable') omitted.unreadable(name)
      else if (stats !== undefined) yield toEntry(name, stats)
      else if (isReplaced) omitted.unnamable(name)
    }
  }

  /**
   * Looks at one entry of a directory. @returns undefined if it has been removed since its name was read;
   * `unreadable` if something is wrong with it alone, such as a broken mount
   */
  #look(directory: Directory, name: string, path: RemotePath): Stats | 'unreadable' | undefined {
    try {
      return this.#fs.find(directory.at(name))
    } catch (error) {
      if (BROKEN.has(errnoOf(error) ?? '')) return 'unreadable'
      throw fromErrno(error, quote(path), 'on the server')
    }
  }

  open(path: RemotePath): SourceFile {
    using parent = this.#home.parentOf(path)
    return new DiskSource(this.#home, path, parent)
  }

  readAll(paths: readonly RemotePath[], buffer: Uint8Array): Promise<readonly Read[]> {
    return readAll(this.#home, paths, { buffer, descriptors: this.#descriptors })
  }

  openPartial(path: RemotePath, key: string, length: number | null): PartialFile {
    return new DiskPartial(this.#home, path, key, length, this.#exclusive)
  }

  storeAll(files: readonly WholeFile[], publishing: Publishing = {}): Promise<readonly Stored[]> {
    const exclusive = this.#exclusive
    return storeAll(this.#home, files, { ...publishing, exclusive, descriptors: this.#descriptors })
  }

  *partials(path: RemotePath): Generator<HeldPartial> {
    using directory = this.#home.descend(path)
    for (const name of names(directory, path)) {
      if (!name.startsWith(PARTIAL_PREFIX)) continue
      const held = attempt(path, () => this.#find(directory, name.slice(PARTIAL_PREFIX.length)))
      if (held !== undefined) yield held
    }
  }

  partial(path: RemotePath, key: string): HeldPartial | undefined {
    try {
      using directory = this.#home.descend(path)
      return attempt(path, () => this.#find(directory, key))
    } catch (error) {
      const { code } = TransferError.from(error)
      if (code === 'not_found' || code === 'not_directory') return undefined
      throw error
    }
  }

  #find(directory: Directory, key: string): HeldPartial | undefined {
    const stats = this.#fs.find(directory.at(PARTIAL_PREFIX + key))
    if (stats?.isFile() !== true) return undefined
    const { size, mtime } = toEntry('', stats)
    // A partial that is about to become a file already has the modification time of the client's file.
    return { key, size, mtime: Math.max(mtime, toMicroseconds(stats.ctimeNs)) }
  }

  removePartial(path: RemotePath, key: string): void {
    using directory = this.#home.descend(path)
    attempt(path, () => ifThere(() => this.#unlinkPartial(directory, key)))
  }

  #unlinkPartial(directory: Directory, key: string): void {
    this.#exclusive(() => {
      this.#fs.unlink(directory.at(PARTIAL_PREFIX + key))
      this.#partials.removed(key)
    })
  }

  async makeDirectory(path: RemotePath, parents: boolean): Promise<void> {
    if (path.length === 0 && !parents) throw new TransferError('exists', 'the home directory already exists')
    for (let depth = parents ? 1 : path.length; depth <= path.length; depth++) {
      const name = path[depth - 1]
      if (name === undefined) continue
      using parent = this.#home.descend(path.slice(0, depth - 1))
      try {
        this.#fs.mkdir(parent.at(name))
      } catch (error) {
        // If an existing component on the way is not a directory, the next step reports it.
        const isThere = errnoOf(error) === 'EEXIST' && (depth < path.length || isDirectory(parent, name))
        if (!(parents && isThere)) throw fromErrno(error, quote(path), 'on the server')
        if (depth === path.length) requireOwnSpelling(parent, name)
      }
      // Also sync the parent of an existing directory: another request that has just created it may not have
      // synced it yet, or may have failed before doing so.
      await sync(parent, path)
    }
  }

  setAttributes(path: RemotePath, wanted: Attributes): { readonly before: Status; readonly after: Status } {
    return setAttributes(this.#home, path, wanted)
  }

  async remove(
    path: RemotePath,
    recursive: boolean,
    { onChange, ifVersion }: ChangeOptions = {},
  ): Promise<void> {
    const name = path.at(-1)
    if (name === undefined) throw new TransferError('forbidden', 'the home directory cannot be removed')
    using parent = this.#home.parentOf(path)
    const { rootDevice } = parent
    const stats = attempt(path, () => this.#fs.lstat(parent.at(name)))
    const unlink = (directory: Directory, child: string): void => this.#unlink(directory, child, onChange)
    if (stats.isDirectory()) {
      requireVersion(stats, { path, ifVersion, rootDevice })
      requireNoMount(parent, name, path)
      await removeDirectory(parent, name, path, recursive, unlink)
    } else if (ifVersion === undefined) attempt(path, () => unlink(parent, name))
    else
      this.#exclusive(() => {
        const now = attempt(path, () => this.#fs.lstat(parent.at(name)))
        requireVersion(now, { path, ifVersion, rootDevice })
        attempt(path, () => unlink(parent, name))
      })
    await sync(parent, path)
  }

  #unlink(directory: Directory, name: string, onChange: OnChange | undefined): void {
    if (name.startsWith(PARTIAL_PREFIX))
      return this.#unlinkPartial(directory, name.slice(PARTIAL_PREFIX.length))
    if (onChange === undefined || nameProblem(name) !== undefined) return this.#fs.unlink(directory.at(name))
    this.#exclusive(() => {
      onChange({ bytes: -sizeOf(this.#fs.lstat(directory.at(name))), files: -1 })
      this.#fs.unlink(directory.at(name))
    })
  }

  move(
    from: RemotePath,
    to: RemotePath,
    ifExists: IfExists,
    options: ChangeOptions = {},
  ): Promise<string | undefined> {
    return move(this.#home, this.#exclusive, { ...options, from, to, ifExists, partials: this.#partials })
  }
}

export interface DiskOptions {
  readonly fs?: FileSystem | undefined
  /** By default, nobody is notified about partials. */
  readonly partials?: PartialListener
  /** The number of descriptors for all `storeAll` and `readAll` calls that run at a time; at least 2. */
  readonly descriptors?: number | undefined
}

/**
 * The local disk below one root folder. Disposing of it closes the root; nothing below it may be used after
 * that.
 */
export class Disk extends DiskFolder implements Disposable {
  readonly #root: Directory

  /** @throws TransferError if `root` cannot be opened */
  constructor(
    root: string,
    exclusive: Exclusive,
    { fs = systemFiles, partials = NOBODY, descriptors = 256 }: DiskOptions = {},
  ) {
    const directory = attempt(root, () => Directory.root(root, fs))
    super(new Home(directory, HOME), {
      exclusive,
      partials,
      descriptors: new DescriptorBudget(descriptors),
    })
    this.#root = directory
  }

  [Symbol.dispose](): void {
    this.#root[Symbol.dispose]()
  }
}

/** Whether no client can ask for a name, because of the protocol or of the file system. */
function isUnnamable({ fs, self }: Directory, name: string): boolean {
  return nameProblem(name) !== undefined || fs.nameProblem(self, name) !== undefined
}

/** The names in a directory. Bytes that are not UTF-8 become U+FFFD; such a name leads to no file. */
function* names(directory: Directory, path: RemotePath): Generator<string> {
  try {
    yield* directory.fs.names(directory.self)
  } catch (error) {
    throw fromErrno(error, quote(path), 'on the server')
  }
}
