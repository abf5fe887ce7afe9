import { PassThrough, Readable, type Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  type AccountInfo,
  type Entry,
  HOME,
  type IfExists,
  type RemotePath,
  resolvePath,
  type ShareLink,
  type Token,
  TransferError,
  type UnfinishedUpload,
} from '@ftp/protocol'
import { clientId } from './profiles/config-folder.ts'
import type { TransferSummary } from './queue/reporter.ts'
import { type CopyResult, copy } from './requests/copy.ts'
import { digest } from './requests/digest.ts'
import { list, type Omissions } from './requests/list.ts'
import { mkdir } from './requests/mkdir.ts'
import { type MoveResult, move } from './requests/move.ts'
import { passwd } from './requests/passwd.ts'
import { remove } from './requests/remove.ts'
import { type NewShareLink, type ShareOptions, share, shares, unshare } from './requests/shares.ts'
import { stat } from './requests/stat.ts'
import { addToken, type NewToken, revokeToken, type TokenOptions, tokens } from './requests/tokens.ts'
import { discard, uploads } from './requests/uploads.ts'
import { type Usage, usage } from './requests/usage.ts'
import type { Session } from './session/session.ts'
import { type Progress, toListener } from './transfer/progress.ts'
import type { TransferResult } from './transfer/result.ts'
import type { GetAllOptions, GetItem } from './tree/get-source.ts'
import type { GetManyOptions, PutManyOptions } from './tree/options.ts'
import type { PutAllOptions, PutItem } from './tree/put-source.ts'
import type { SyncTreesOptions } from './tree/sync-source.ts'
import { requireStorable } from './tree/upload-settings.ts'
import type { WatchOptions } from './tree/watch-source.ts'

/** A path on the server, either as a person types it (`/` is the home, `..` goes up) or already validated. */
export type Remote = string | RemotePath

/** The options that every operation takes. */
export interface Options {
  /**
   * If it is aborted, the operation ends with its reason. What has already arrived is kept, and the same call
   * continues from there.
   */
  readonly signal?: AbortSignal | undefined
}

/** The options for transferring one file. */
export interface TransferOptions extends Options {
  /** What to do if the target already exists. Default: `replace`. */
  readonly ifExists?: IfExists | undefined
  /** How many connections share the transfer of a large file. Default: 1. */
  readonly streams?: number | undefined
  /** Called often while the transfer runs. Must not throw. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Which directories are compared, and how one is made like the other. */
export interface SyncOptions extends Options, SyncTreesOptions {
  /** `put` makes the directory on the server like the local one; `get` does the opposite. */
  readonly way: 'get' | 'put'
  /** The path of the local directory. */
  readonly local: string
  /** The path of the directory on the server. */
  readonly remote: Remote
}

/** The same item, except that its path on the server may also be given as a person types it. */
type Item<T, Key extends keyof T> = Omit<T, Key> & { readonly [K in Key]: Remote }

/**
 * A server, as one account uses it. Operations may run at the same time: each has a connection of its own
 * and, if that connection is lost, continues on a new one without any action by the caller.
 *
 * Every failure is a TransferError. Its code is `forbidden` if the account lacks the right to an operation,
 * and `lost` if the server can no longer be reached.
 */
export class Client implements Disposable {
  readonly #session: Session
  readonly #folder: string
  readonly #owned: Disposable | undefined

  /**
   * @param folder the client's configuration folder
   * @param owned disposed of together with the client: its connections
   */
  constructor(session: Session, folder: string, owned?: Disposable) {
    this.#session = session
    this.#folder = folder
    this.#owned = owned
  }

  /** Closes all connections; operations that are still running fail with `lost`. */
  [Symbol.dispose](): void {
    this.#owned?.[Symbol.dispose]()
  }

  /** The server's name, followed by its port if that is not the default one. */
  get server(): string {
    return this.#session.server
  }

  /**
   * Returns a client whose operations also end when this signal is aborted. It shares the connections of this
   * client but does not close them.
   */
  until(signal: AbortSignal): Client {
    return new Client(this.#session.with({ signal }), this.#folder)
  }

  /** The account that is logged in. */
  async account(options?: Options): Promise<AccountInfo> {
    return await this.#until(options).run(async ({ connection }) => connection.account)
  }

  /** Describes the file or directory at a path. @throws TransferError `not_found` if there is none */
  async stat(remote: Remote, options?: Options): Promise<Entry> {
    const path = resolve(remote)
    return await this.#until(options).run(({ connection }) => stat(connection, path))
  }

  /**
   * Lists the entries of a directory, in the server's order. With `recursive`, the entries of its
   * subdirectories are included: each directory comes before its own entries, and names are relative to the
   * listed directory. Each entry is yielded once, even if a connection is lost in the middle.
   * @returns at the end of the iteration, what was left out, because one odd entry hides no others
   * @throws TransferError `not_found`; `not_directory` for a file; `changed` if a connection is lost after
   *   250,000 entries
   */
  async *list(
    remote: Remote = HOME,
    { recursive = false, ...options }: Options & { readonly recursive?: boolean | undefined } = {},
  ): AsyncGenerator<Entry, Omissions> {
    const pages = list(this.#until(options), resolve(remote), recursive)
    let next = await pages.next()
    for (; !next.done; next = await pages.next()) yield* next.value
    return next.value
  }

  /**
   * The MD5 of a file, and the number of bytes it covers. The server reads the file unless it remembers the
   * digest.
   * @throws TransferError `not_found` if there is no such file
   */
  async md5(remote: Remote, options?: Options): Promise<{ readonly md5: string; readonly bytes: number }> {
    return await digest(this.#until(options), resolve(remote))
  }

  /**
   * Changes the account's password. This client, and everyone else who has logged in with the old password,
   * must log in again.
   * @throws TransferError `bad_request` if the password is too short; `forbidden` for `anonymous`
   */
  async passwd(password: string, options?: Options): Promise<void> {
    await passwd(this.#until(options), password)
  }

  /**
   * Makes a link with which people without an account reach a file or directory.
   * @throws TransferError `not_found` if nothing has this path; `not_directory` if files would be put into a
   *   file; `forbidden` for `anonymous`
   */
  async share(remote: Remote, { signal, ...options }: Options & ShareOptions = {}): Promise<NewShareLink> {
    return await share(this.#until({ signal }), resolve(remote), options)
  }

  /** The share links of this account, including those that have expired or are used up. */
  async shares(options?: Options): Promise<ShareLink[]> {
    return await shares(this.#until(options))
  }

  /** Removes a share link by its id. @throws TransferError `not_found` if this account has no such link */
  async unshare(id: string, options?: Options): Promise<void> {
    await unshare(this.#until(options), id)
  }

  /**
   * Makes a token with which a program logs in to this account, at the server's doors for other programs.
   * @param name names it in lists, and when it is revoked
   * @throws TransferError `exists` if there is one of this name; `forbidden` for `anonymous`
   */
  async addToken(name: string, { signal, ...options }: Options & TokenOptions = {}): Promise<NewToken> {
    return await addToken(this.#until({ signal }), name, options)
  }

  /** The tokens of this account, including those that have expired. */
  async tokens(options?: Options): Promise<Token[]> {
    return await tokens(this.#until(options))
  }

  /** Ends a token. @throws TransferError `not_found` if this account has none of this name */
  async revokeToken(name: string, options?: Options): Promise<void> {
    await revokeToken(this.#until(options), name)
  }

  /** How much space a directory and everything below it takes. */
  async usage(remote: Remote = HOME, options?: Options): Promise<Usage> {
    return await usage(this.#until(options), resolve(remote))
  }

  /**
   * Makes a directory. With `parents`, missing directories above it are made too, and it is no error if it
   * exists already.
   * @throws TransferError `exists` if the path is taken
   */
  async mkdir(
    remote: Remote,
    { parents = false, ...options }: Options & { readonly parents?: boolean | undefined } = {},
  ): Promise<void> {
    await mkdir(this.#until(options), resolve(remote), parents)
  }

  /**
   * Removes a file or an empty directory. With `recursive`, a directory is removed with everything in it.
   * @throws TransferError `not_found`; `not_empty` if the directory has entries; `forbidden` for the home
   */
  async remove(
    remote: Remote,
    { recursive = false, ...options }: Options & { readonly recursive?: boolean | undefined } = {},
  ): Promise<void> {
    await remove(this.#until(options), resolve(remote), recursive)
  }

  /** The unfinished uploads of this account, whichever client they come from. */
  async uploads(options?: Options): Promise<UnfinishedUpload[]> {
    return await uploads(this.#until(options))
  }

  /**
   * Removes what an upload of this account has left on the server. If that upload is still running, it ends:
   * its `put` fails with `taken_over`.
   * @throws TransferError `not_found` if there is no such upload
   */
  async discard(upload: Pick<UnfinishedUpload, 'path' | 'key'>, options?: Options): Promise<void> {
    await discard(this.#until(options), upload)
  }

  /**
   * Moves or renames a file or directory in one atomic step. `to` is the new path itself, not a directory to
   * move it into.
   * @param options `ifExists` is `fail` by default
   * @throws TransferError `not_found`; `exists` if `to` is taken and must not be replaced; `bad_request` if a
   *   directory would be moved into itself; `forbidden` for the home
   */
  async move(
    from: Remote,
    to: Remote,
    { ifExists = 'fail', ...options }: Options & { readonly ifExists?: IfExists | undefined } = {},
  ): Promise<MoveResult> {
    return await move(this.#until(options), resolve(from), resolve(to), ifExists)
  }

  /**
   * Copies a file on the server or, with `recursive`, a directory with everything in it; the bytes do not
   * travel. `to` is the path of the copy itself, not a directory to copy into.
   * @param options `ifExists` is `fail` by default
   * @throws TransferError `not_found`; `is_directory` without `recursive`; `exists` if `to` is taken and must
   *   not be replaced; `bad_request` if a directory would be copied into itself; `quota`, `no_space`;
   *   `checksum` if a file is damaged on the server's disk
   */
  async copy(
    from: Remote,
    to: Remote,
    {
      ifExists = 'fail',
      recursive = false,
      ...options
    }: Options & { readonly ifExists?: IfExists | undefined; readonly recursive?: boolean | undefined } = {},
  ): Promise<CopyResult> {
    return await copy(this.#until(options), { from: resolve(from), to: resolve(to), ifExists, recursive })
  }

  /**
   * Fetches a file.
   *
   * A local file gets its name only when it is complete and verified. Until then its bytes are in
   * `<name>.ftp.part`, from which the same call continues. A stream receives each block once that block is
   * verified; it is not ended.
   * @param to the path of the local file itself, or a stream
   * @throws TransferError `not_found`; `exists` if `ifExists` is `fail` and the local file exists;
   *   `taken_over` if another process is receiving the same local file; `changed` if the file keeps changing
   *   on the server
   */
  async get(
    remote: Remote,
    to: string | Writable,
    { ifExists = 'replace', streams, onProgress, ...options }: TransferOptions = {},
  ): Promise<TransferResult> {
    const { downloadFile, downloadToStream } = await import('./transfer/download/download-file.ts')
    const [path, session, listener] = [resolve(remote), this.#until(options), toListener(onProgress)]
    return typeof to === 'string'
      ? await downloadFile(session, path, to, { ifExists, listener, streams })
      : await downloadToStream(session, path, to, listener)
  }

  /** Reads a whole file into memory. @throws TransferError `not_found` */
  async read(remote: Remote, options?: Options): Promise<Buffer<ArrayBuffer>> {
    return await buffer(this.stream(remote, options))
  }

  /**
   * Streams the bytes of a file as they arrive; each block is verified first. Closing the stream ends the
   * transfer. Failures are emitted as the stream's error.
   */
  stream(remote: Remote, { signal }: Options = {}): Readable {
    const stream = new PassThrough()
    const closed = new AbortController()
    stream.once('close', () => closed.abort(new TransferError('aborted', 'the stream was closed')))
    const stop = signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal])
    this.get(remote, stream, { signal: stop }).then(
      () => stream.end(),
      (error: unknown) => stream.destroy(TransferError.from(error)),
    )
    return stream
  }

  /**
   * Stores a file, bytes, or everything that a stream yields. When the promise resolves, the content is
   * durable.
   * @param remote the new path of the file; the directory it is in must exist
   * @throws TransferError `not_found` if the local file or the directory does not exist; `exists` if
   *   `ifExists` is `fail` and the path is taken; `is_directory` if a directory has the path; `quota` if the
   *   account's quota does not allow it
   */
  async put(
    from: string | Uint8Array | AsyncIterable<Uint8Array>,
    remote: Remote,
    { ifExists = 'replace', onProgress, ...options }: TransferOptions = {},
  ): Promise<TransferResult> {
    const { uploadFile, uploadStream } = await import('./transfer/upload/upload-file.ts')
    const path = resolve(remote)
    const [session, listener] = [this.#until(options), toListener(onProgress)]
    requireStorable(await this.account(options), path)
    if (typeof from === 'string')
      return await uploadFile(session, from, path, { client: clientId(this.#folder), ifExists, listener })
    const stream = from instanceof Uint8Array ? Readable.from([from]) : from
    return await uploadStream(session, stream, path, { ifExists, listener })
  }

  /**
   * Fetches a directory with everything in it, or with the part of it that is selected. Files that exist are
   * replaced unless `ifExists` says otherwise. Each file is durable and verified by the time it has its name.
   * @param to the local directory to fill; it is made if it does not exist
   * @returns how the transfer of each file ended; failures and an abort are counted there rather than thrown
   */
  async getTree(
    remote: Remote,
    to: string,
    options: Options & GetManyOptions = {},
  ): Promise<TransferSummary> {
    return await this.getAll([{ from: remote, to }], { ...options, recursive: true })
  }

  /**
   * Stores a directory with everything in it, or with the part of it that is selected.
   * @param remote the directory to fill; it and those above it are made if they do not exist
   * @returns how the transfer of each file ended; failures and an abort are counted there rather than thrown
   */
  async putTree(
    from: string,
    remote: Remote,
    options: Options & PutManyOptions = {},
  ): Promise<TransferSummary> {
    return await this.putAll([{ from, to: remote }], { ...options, recursive: true })
  }

  /**
   * Fetches several files at the same time, and directories as well if `recursive` is set. Returns what
   * {@link getTree} returns.
   */
  async getAll(
    items: readonly Item<GetItem, 'from'>[],
    options: Options & GetAllOptions = {},
  ): Promise<TransferSummary> {
    const found = items.map((item) => ({ ...item, from: resolve(item.from) }))
    const { getAll } = await import('./tree/get-source.ts')
    return await getAll(this.#until(options), found, options)
  }

  /**
   * Stores several files at the same time, and directories as well if `recursive` is set. Returns what
   * {@link getTree} returns.
   */
  async putAll(
    items: readonly Item<PutItem, 'to'>[],
    options: Options & PutAllOptions = {},
  ): Promise<TransferSummary> {
    const found = items.map((item) => ({ ...item, to: resolve(item.to) }))
    const { putAll } = await import('./tree/put-source.ts')
    return await putAll(this.#until(options), found, clientId(this.#folder), options)
  }

  /**
   * Makes one directory like another by transferring the files that differ in size or time or, with
   * `checksum`, in content. Returns what {@link getTree} returns.
   * @throws TransferError `not_found` if the source does not exist; `not_directory` if either is no directory
   */
  async sync({ way, local, remote, ...options }: SyncOptions): Promise<TransferSummary> {
    const { syncTrees } = await import('./tree/sync-source.ts')
    const sides = { way, local, remote: resolve(remote) }
    return await syncTrees(this.#until(options), sides, clientId(this.#folder), options)
  }

  /**
   * Stores the files that are in a folder, and those that appear in it once they stop changing, until the
   * signal is aborted. With `recursive`, its subfolders are included. Returns what {@link getTree} returns;
   * the abort does not count as a failure.
   * @param remote an existing directory
   * @throws TransferError `not_found` if the folder or the directory does not exist; `not_directory` if
   *   either is no directory
   */
  async watch(
    folder: string,
    remote: Remote,
    options: Options & WatchOptions = {},
  ): Promise<TransferSummary> {
    const { watchFolder } = await import('./tree/watch-source.ts')
    const client = clientId(this.#folder)
    return await watchFolder(this.#until(options), folder, resolve(remote), { ...options, client })
  }

  #until({ signal }: Options = {}): Session {
    return signal === undefined ? this.#session : this.#session.with({ signal })
  }
}

function resolve(remote: Remote): RemotePath {
  return typeof remote === 'string' ? resolvePath(remote) : remote
}
