import type { Entry, IfExists, RemotePath, TransferError } from '@ftp/protocol'

/*
 * The interface between the share and a place that keeps files. The first implementation is the local disk.
 * An object store must be able to implement it too, so nothing below mentions descriptors or inodes.
 *
 * Validation: paths are valid when they arrive (RemotePath); a storage never sees `..`, reserved names or
 * separators.
 * Authorisation: the share checks rights before it calls. A storage knows no accounts.
 * Locking: nobody calls two methods of one PartialFile at once, and the share opens only one PartialFile of a
 * key at a time. Any other method may be called at any time, from any thread.
 * Absence: every method that needs something to exist throws TransferError `not_found` if it does not.
 * Errors: every failure is a TransferError with a code from the protocol's list; nothing else is thrown.
 */
export interface Storage {
  /**
   * The same files, seen from a directory: all paths begin there, and none can reach anything outside it. If
   * the directory does not exist, this becomes apparent when something in it is requested.
   */
  below(directory: RemotePath): Storage

  /** Describes the entry at `path` itself: a symbolic link is a `symlink`, and is never followed. */
  stat(path: RemotePath): Status

  /**
   * As {@link stat}, but undefined if the directory exists and has no such entry. Asking costs much less than catching
   * `not_found`.
   */
  find(path: RemotePath): Status | undefined

  /** How many bytes can still be stored here, as far as the system tells. Nothing reserves them. */
  freeBytes(): number

  /**
   * The entries of a directory, in no particular order, without loading all of them. Partials and server
   * state do not appear. An entry that cannot be shown does not keep others from being listed.
   * @param omitted receives each entry that exists but is left out
   * @throws `not_directory`
   */
  list(path: RemotePath, omitted?: OmissionListener): Iterable<Entry>

  /**
   * Opens a file for reading. Never waits for a pipe, never follows a link.
   * @throws `is_directory`, `not_file`
   */
  open(path: RemotePath): SourceFile

  /**
   * Reads several whole files in one step, each as a {@link SourceFile} from start to end: a small file costs
   * little more than its bytes. A failure of one file does not affect the others.
   * @param buffer receives the bytes of the files, one after the other
   * @returns one result for each path that there is room for, in order, and always for the first path
   */
  readAll(paths: readonly RemotePath[], buffer: Uint8Array): Promise<readonly Read[]>

  /**
   * Opens the partial of an upload to `path`: the existing one with this key, or a new, empty one. It is
   * invisible until its commit, and on the same volume as its target.
   * @param key 32 hex digits
   * @param length the size of the file in bytes; null if it is not known yet
   * @throws `not_found` if the directory does not exist, `no_space` if `length` bytes cannot fit
   */
  openPartial(path: RemotePath, key: string, length: number | null): PartialFile

  /**
   * Stores several files whose bytes are in memory, each as if a {@link PartialFile} were filled and
   * committed. They share the waits for the disk, so many cost little more than one. A failure of one file
   * does not affect the others.
   * @returns for each file, in order, what a commit returns or the error that it throws
   */
  storeAll(files: readonly WholeFile[], publishing?: Publishing): Promise<readonly Stored[]>

  /** The partials in a directory, in no particular order: those of running uploads and abandoned ones. */
  partials(path: RemotePath): Iterable<HeldPartial>

  /** One partial in a directory; undefined if the partial or the directory does not exist. */
  partial(path: RemotePath, key: string): HeldPartial | undefined

  /**
   * Removes a partial even if somebody has it open; the commit of that upload then fails. A missing partial
   * is not an error.
   */
  removePartial(path: RemotePath, key: string): void

  /**
   * Creates a directory, durably. With `parents`, also creates missing parents, and an existing directory is
   * not an error.
   */
  makeDirectory(path: RemotePath, parents: boolean): Promise<void>

  /**
   * Sets the modification time and permission bits of a file or directory, but not the owner's bits of a
   * directory. The change is not durable, because it does not affect content. It needs no right to read the
   * file.
   * @returns the status immediately before and after the change
   * @throws `not_file`, also for a link; `forbidden` for the home
   */
  setAttributes(path: RemotePath, wanted: Attributes): { readonly before: Status; readonly after: Status }

  /**
   * Removes a file, a link (not its target), or an empty directory; with `recursive`, a whole tree. Durable.
   * @throws `not_empty`, `changed`
   */
  remove(path: RemotePath, recursive: boolean, options?: ChangeOptions): Promise<void>

  /**
   * Renames or moves `from` to `to`, atomically and durably.
   * @param ifExists as for a put; a directory is never replaced
   * @returns the final name, which differs from the requested one only with `rename`; undefined if the
   * existing target was kept
   * @throws `changed`
   */
  move(
    from: RemotePath,
    to: RemotePath,
    ifExists: IfExists,
    options?: ChangeOptions,
  ): Promise<string | undefined>
}

/**
 * Called for each file that is about to appear, disappear or change its size, while no other thread of this
 * server changes any file. Also called with zeros before a move that replaces nothing: a count that is
 * running may see the moved files twice, or not at all. An error that it throws prevents the change. Files
 * are all entries that `list` shows and that are not directories.
 */
export type OnChange = (change: { readonly bytes: number; readonly files: number }) => void

/** What else a change to an entry has to respect. */
export interface ChangeOptions {
  readonly onChange?: OnChange | undefined
  /**
   * The version that the entry must have at the moment of the change; that of a tree is checked before the
   * change begins. `changed` is thrown for any other version.
   */
  readonly ifVersion?: string | undefined
}

/**
 * Called after a change to partials that nobody has open, while no other thread of this server changes any.
 * An error that it throws makes the operation fail.
 */
export interface PartialListener {
  /** A partial has been removed. */
  removed(key: string): void
  /** A directory has been moved, with the partials below it. Paths are relative to the root. */
  moved(from: string, to: string): void
}

/** Receives the entries that a listing leaves out. Their names are relative to the listed directory. */
export interface OmissionListener {
  /** No RemotePath can hold this name. Bytes that are not UTF-8 have become U+FFFD. */
  unnamable(name: string): void
  /** The file system does not say what this entry is. */
  unreadable(name: string): void
}

/** A partial that was found in a directory. */
export interface HeldPartial {
  readonly key: string
  /** The number of bytes that it holds. */
  readonly size: number
  /** The time of the last change to it, in microseconds since 1970. */
  readonly mtime: number
}

/** Attributes to set on a file or directory; those that are absent stay as they are. */
export interface Attributes {
  /** Microseconds since 1970. */
  readonly mtime?: number | undefined
  /** Permission bits. */
  readonly mode?: number | undefined
}

/** The description of an entry, and its version. */
export interface Status {
  readonly entry: Entry
  /** Changes whenever the content may have changed. Opaque, at most 200 characters. */
  readonly version: string
}

/** An open file of one version. */
export interface SourceFile extends Status, AsyncDisposable {
  /**
   * Whether the file had been left alone for so long when it was opened that any later change must show in
   * its version. This takes time because time stamps are only as fine as the system's clock tick.
   */
  readonly settled: boolean
  /** Reads into `buffer` until it is full or the file ends. @returns the number of bytes read */
  read(buffer: Uint8Array, offset: number): Promise<number>
  /**
   * @throws `changed` if the content may have changed since the file was opened; the loss of its name is not
   * a change
   */
  requireUnchanged(): void
  /**
   * The present size in bytes, because a file may grow.
   * @throws `changed` if the path leads to another file or to nothing
   */
  sizeNow(): number
}

/** The result of reading a whole file; it has no bytes if the file is larger than the whole buffer. */
export type Read =
  | (Pick<SourceFile, 'entry' | 'version' | 'settled'> & { readonly bytes?: Uint8Array })
  | TransferError

/** The metadata that a commit applies to the file, and the policy for an existing one. */
export interface FileMetadata {
  readonly mtime?: number | undefined
  readonly mode?: number | undefined
  readonly ifExists: IfExists
  /** The version that the existing file must have; `any` if there only has to be one. */
  readonly ifVersion?: string | undefined
}

/** A file whose bytes are in memory. */
export interface WholeFile extends FileMetadata {
  readonly path: RemotePath
  readonly bytes: Uint8Array
  readonly onChange?: OnChange | undefined
}

/** The result of storing a file; undefined if `ifExists` says to keep the existing one. */
export type Stored = Status | TransferError | undefined

/** A file that is being uploaded. Disposing of it closes it and keeps its bytes. */
export interface PartialFile extends AsyncDisposable {
  /** The number of bytes that it holds. */
  readonly size: number
  /** As in {@link Status}. */
  readonly version: string
  /** Reads into `buffer` until it is full or the partial ends. @returns the number of bytes read */
  read(buffer: Uint8Array, offset: number): Promise<number>
  /**
   * Writes all of `bytes`. If there is a gap before them, it is filled with bytes that are 0.
   * @throws `no_space`, also if the disk has no space to fill the gap with other bytes
   */
  write(bytes: Uint8Array, offset: number): Promise<void>
  /** As {@link write}, if that makes the file longer. */
  truncate(size: number): Promise<void>
  /**
   * Turns the partial into the file, durably: after this resolves, a power loss does not undo it. At every
   * moment, the target is either the old file or the new one.
   * @returns the status of the file, under its final name, which differs from the requested one only with
   * `rename`; undefined if `ifExists` says to keep the existing file. In both cases the partial no longer
   * exists
   * @throws `exists`, `is_directory`; `changed` if the existing file does not have the version that
   * `metadata` requires; `io` after a failed sync, which also removes the partial, because its pages can no
   * longer be trusted
   */
  commit(metadata: FileMetadata, onChange?: OnChange): Promise<Status | undefined>
  /** Removes the partial. */
  discard(): Promise<void>
}

/** How {@link Storage.storeAll} gives files their names. */
export interface Publishing {
  /**
   * Called while no other thread of this server changes any file; if it returns false, no `onChange` is called for
   * the files that appear in this moment, because nobody would count them. Default: true.
   */
  readonly isCounted?: (() => boolean) | undefined
  /**
   * Awaited when the files lack nothing but their names: this thread would stop if another one were giving names to
   * files at the same time. If it rejects, that is the error of each file.
   */
  readonly writable?: (() => Promise<void>) | undefined
}

/**
 * Runs a short action while no other thread of this server runs one. Calls may be nested. An error that the
 * action throws undoes what it has counted.
 */
export type Exclusive = <T>(action: () => T) => T
