import type { Entry, IfExists, RemotePath, TransferError } from '@ftp/protocol'

/*
 * What the share asks of a place that keeps files. The first one is the local disk; an object store must be
 * able to stand here too, so nothing below speaks of descriptors or inodes.
 *
 * Who validates: paths arrive validated (RemotePath); a storage never sees `..`, reserved names or separators.
 * Who authorises: the share, before it calls. A storage knows no accounts.
 * Who locks: nobody calls two methods of one PartialFile at once, and the share has one PartialFile of a key open at a
 * time. Everything else may be called at any time from any thread.
 * Absent: every method that needs something to be there throws TransferError `not_found`.
 * Errors: every failure is a TransferError with a code of the protocol's list; nothing else is thrown.
 */
export interface Storage {
  /**
   * The same files, seen from a directory: paths begin there, and nothing outside it can be reached by any of them.
   * Whether the directory is there shows when something in it is asked for.
   */
  below(directory: RemotePath): Storage

  /** Describes what is at `path`, itself: a symbolic link is a `symlink`, never its target. */
  stat(path: RemotePath): Status

  /**
   * The entries of a directory, in no order, without loading all of them. Partials and server state do not
   * appear. Names that no RemotePath can hold are counted by `onUnnamable`, once each.
   * @throws `not_directory`
   */
  list(path: RemotePath, onUnnamable?: () => void): Iterable<Entry>

  /**
   * Opens a file for reading. Never blocks on a pipe, never follows a link.
   * @throws `is_directory`, `not_file`
   */
  open(path: RemotePath): SourceFile

  /**
   * Reads whole files, each as a {@link SourceFile} from start to end, together: a small one costs little more than
   * its bytes. One that fails keeps no other from being read.
   * @param buffer where their bytes are written, one behind the other
   * @returns for each of as many paths as there is room for, from the first on and at least for that
   */
  readAll(paths: readonly RemotePath[], buffer: Uint8Array): Promise<readonly Read[]>

  /**
   * Opens the partial of an upload to `path`: the one that `key` names if it exists, else an empty one.
   * It is invisible until its commit, and on the same volume as its target.
   * @param key 32 hex digits
   * @param length bytes that it will have, null while nobody knows
   * @throws `not_found` when the directory does not exist, `no_space` when `length` bytes cannot fit
   */
  openPartial(path: RemotePath, key: string, length: number | null): PartialFile

  /**
   * Stores files whose bytes are at hand, each as a {@link PartialFile} that is filled and committed. They wait for the
   * disk together, so many cost little more than one. One that fails keeps no other from being stored.
   * @returns for each file, in their order, what a commit returns or the error that it throws
   */
  storeAll(files: readonly WholeFile[]): Promise<readonly Stored[]>

  /** The partials in a directory, of running uploads and of abandoned ones, in no order. */
  partials(path: RemotePath): Iterable<HeldPartial>

  /** One partial in a directory; undefined where there is no such partial, or no such directory. */
  partial(path: RemotePath, key: string): HeldPartial | undefined

  /** Removes a partial, whoever has it open: its commit fails. One that is not there is no error. */
  removePartial(path: RemotePath, key: string): void

  /** Makes a directory, with `parents` those above it too; then an existing directory is no error. Durable. */
  makeDirectory(path: RemotePath, parents: boolean): Promise<void>

  /**
   * Gives a file or directory a time and permission bits; those of a directory's owner stay. Not durable: they say
   * nothing of its content. It takes no right to read the file.
   * @returns what it was right before, and is now
   * @throws `not_file` for a link too, `forbidden` for the home
   */
  setAttributes(path: RemotePath, wanted: Attributes): { readonly before: Status; readonly after: Status }

  /**
   * Removes a file, a link (itself), an empty directory, or with `recursive` a whole tree. Durable.
   * @throws `not_empty`
   */
  remove(path: RemotePath, recursive: boolean, onChange?: OnChange): Promise<void>

  /**
   * Gives `from` the name `to`. Atomic and durable.
   * @param ifExists as for a put; a directory is never replaced
   * @returns the last name it has got, another one only with `rename`; undefined when the existing target was left
   */
  move(from: RemotePath, to: RemotePath, ifExists: IfExists, onChange?: OnChange): Promise<string | undefined>
}

/**
 * Called with each file that appears, vanishes or gets another size, before it does and while no other thread of this
 * server changes any; what it throws prevents the change. Files are what `list` shows and is no directory.
 */
export type OnChange = (change: { readonly bytes: number; readonly files: number }) => void

/**
 * Called with what happens to partials that nobody has open, when it has happened and while no other thread of this server
 * changes any; what it throws fails the operation.
 */
export interface PartialListener {
  /** One has been removed. */
  removed(key: string): void
  /** A directory has been moved, with the partials below it. Paths are from the root. */
  moved(from: string, to: string): void
}

/** A partial as it is found. */
export interface HeldPartial {
  readonly key: string
  /** Bytes it holds. */
  readonly size: number
  /** When anything was last done to it, in microseconds since 1970. */
  readonly mtime: number
}

/** What a file or directory can be given; what is absent stays. */
export interface Attributes {
  /** Microseconds since 1970. */
  readonly mtime?: number | undefined
  /** Permission bits. */
  readonly mode?: number | undefined
}

/** What stat knows. */
export interface Status {
  readonly entry: Entry
  /** Changes whenever the content may have changed. Opaque, at most 200 characters. */
  readonly version: string
}

/** An open file of one version. */
export interface SourceFile extends Status, AsyncDisposable {
  /**
   * Whether the file had been left alone for long enough, when it was opened, that any later change must show
   * in its version: time stamps are only as fine as the system's clock tick.
   */
  readonly settled: boolean
  /** Reads into `buffer` until it is full or the file ends. @returns bytes read */
  read(buffer: Uint8Array, offset: number): Promise<number>
  /** @throws `changed` if the content may have changed since it was opened; losing its name is no change */
  requireUnchanged(): void
  /**
   * Bytes that it has now: files may grow.
   * @throws `changed` when its path leads to another file or to nothing
   */
  sizeNow(): number
}

/** How reading a whole file ended; without bytes for one that is larger than all the room there was. */
export type Read =
  | (Pick<SourceFile, 'entry' | 'version' | 'settled'> & { readonly bytes?: Uint8Array })
  | TransferError

/** What a commit gives the file. */
export interface FileMetadata {
  readonly mtime?: number | undefined
  readonly mode?: number | undefined
  readonly ifExists: IfExists
}

/** A file whose bytes are at hand. */
export interface WholeFile extends FileMetadata {
  readonly path: RemotePath
  readonly bytes: Uint8Array
  readonly onChange?: OnChange | undefined
}

/** How storing a file ended; undefined when `ifExists` says to leave the existing one. */
export type Stored = Status | TransferError | undefined

/** A file that is being uploaded. Disposing of it closes it and keeps its bytes. */
export interface PartialFile extends AsyncDisposable {
  /** Bytes it holds. */
  readonly size: number
  /** Reads into `buffer` until it is full or the partial ends. @returns bytes read */
  read(buffer: Uint8Array, offset: number): Promise<number>
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array, offset: number): Promise<void>
  truncate(size: number): Promise<void>
  /**
   * Makes the partial the file, durably: after this returns, power loss does not undo it. The target is the old
   * file or the new one at every moment.
   * @returns the file, under the name it has got: another one only with `rename`; undefined when `ifExists` says to
   * leave the existing file. The partial is gone in both cases
   * @throws `exists`, `is_directory`; `io` after a failed sync, when the partial is gone because its pages can no longer be trusted
   */
  commit(metadata: FileMetadata, onChange?: OnChange): Promise<Status | undefined>
  /** Removes it. */
  discard(): Promise<void>
}

/** Runs a short action while no other thread of this server runs one; it may run another one inside. What it throws undoes what it counted. */
export type Exclusive = <T>(action: () => T) => T
