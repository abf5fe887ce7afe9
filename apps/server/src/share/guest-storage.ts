import { type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type {
  FileMetadata,
  HeldPartial,
  OnChange,
  PartialFile,
  Publishing,
  Read,
  SourceFile,
  Status,
  Storage,
  Stored,
  WholeFile,
} from '../storage/storage.ts'

/** A storage that offers nothing; its subclasses offer what their guests may do. */
class NoStorage implements Storage {
  below(_directory: RemotePath): Storage {
    throw forbidden()
  }

  stat(path: RemotePath): Status {
    throw missing(path)
  }

  find(_path: RemotePath): Status | undefined {
    return undefined
  }

  freeBytes(): number {
    throw forbidden()
  }

  list(_path: RemotePath): Iterable<Entry> {
    throw forbidden()
  }

  open(path: RemotePath): SourceFile {
    throw missing(path)
  }

  async readAll(paths: readonly RemotePath[], _buffer: Uint8Array): Promise<readonly Read[]> {
    return paths.map(missing)
  }

  openPartial(_path: RemotePath, _key: string, _length: number | null): PartialFile {
    throw forbidden()
  }

  async storeAll(_files: readonly WholeFile[], _publishing?: Publishing): Promise<readonly Stored[]> {
    throw forbidden()
  }

  partials(_path: RemotePath): Iterable<HeldPartial> {
    throw forbidden()
  }

  partial(_path: RemotePath, _key: string): HeldPartial | undefined {
    return undefined
  }

  removePartial(_path: RemotePath, _key: string): void {
    throw forbidden()
  }

  async makeDirectory(_path: RemotePath, _parents: boolean): Promise<void> {
    throw forbidden()
  }

  setAttributes(): { readonly before: Status; readonly after: Status } {
    throw forbidden()
  }

  async remove(): Promise<void> {
    throw forbidden()
  }

  async move(): Promise<string | undefined> {
    throw forbidden()
  }
}

/** One file of a directory. To a guest, nothing else exists. */
export class OneFile extends NoStorage {
  readonly #directory: Storage
  readonly #name: string

  constructor(directory: Storage, name: string) {
    super()
    this.#directory = directory
    this.#name = name
  }

  override stat(path: RemotePath): Status {
    this.#require(path)
    return this.#directory.stat(path)
  }

  override find(path: RemotePath): Status | undefined {
    return this.#isIt(path) ? this.#directory.find(path) : undefined
  }

  override open(path: RemotePath): SourceFile {
    this.#require(path)
    return this.#directory.open(path)
  }

  #require(path: RemotePath): void {
    if (!this.#isIt(path)) throw missing(path)
  }

  #isIt(path: RemotePath): boolean {
    return path.length === 1 && path[0] === this.#name
  }
}

/**
 * A directory into which files can be put, and nothing else. To a guest it always looks empty: a file whose
 * name is taken gets another name. The share learns that name, for the audit trail; no door may tell it.
 */
export class UploadFolder extends NoStorage {
  readonly #directory: Storage

  constructor(directory: Storage) {
    super()
    this.#directory = directory
  }

  override openPartial(path: RemotePath, key: string, length: number | null): PartialFile {
    requireName(path)
    return renaming(this.#directory.openPartial(path, key, length))
  }

  override async storeAll(files: readonly WholeFile[], publishing?: Publishing): Promise<readonly Stored[]> {
    for (const { path } of files) requireName(path)
    return await this.#directory.storeAll(
      files.map((file) => ({ ...file, ifExists: 'rename' })),
      publishing,
    )
  }

  override partial(path: RemotePath, key: string): HeldPartial | undefined {
    return path.length === 0 ? this.#directory.partial(path, key) : undefined
  }

  override removePartial(path: RemotePath, key: string): void {
    if (path.length === 0) this.#directory.removePartial(path, key)
  }
}

/** A partial that replaces no file, whatever its sender wants. */
function renaming(partial: PartialFile): PartialFile {
  return {
    get size() {
      return partial.size
    },
    get version() {
      return partial.version
    },
    read: (buffer, offset) => partial.read(buffer, offset),
    write: (bytes, offset) => partial.write(bytes, offset),
    truncate: (size) => partial.truncate(size),
    commit: (metadata: FileMetadata, onChange?: OnChange) =>
      partial.commit({ ...metadata, ifExists: 'rename' }, onChange),
    discard: () => partial.discard(),
    [Symbol.asyncDispose]: () => partial[Symbol.asyncDispose](),
  }
}

/** Refuses to look into the folders of a directory, because the answer would reveal which ones exist. */
function requireName(path: RemotePath): void {
  if (path.length !== 1) throw new TransferError('forbidden', 'only files can be stored here, not folders')
}

function missing(path: RemotePath): TransferError {
  return new TransferError('not_found', `"${formatPath(path)}" does not exist`)
}

function forbidden(): TransferError {
  return new TransferError('forbidden', 'this link does not allow that')
}
