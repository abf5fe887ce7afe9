import { PassThrough, Readable, type Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  type AccountInfo,
  type Entry,
  HOME,
  type IfExists,
  type RemotePath,
  requirePortable,
  resolvePath,
  TransferError,
  type UnfinishedUpload,
} from '@ftp/protocol'
import { clientId } from './profiles/config-folder.ts'
import type { TransferSummary } from './queue/reporter.ts'
import { digest } from './requests/digest.ts'
import { list } from './requests/list.ts'
import { mkdir } from './requests/mkdir.ts'
import { type MoveResult, move } from './requests/move.ts'
import { passwd } from './requests/passwd.ts'
import { remove } from './requests/remove.ts'
import { stat } from './requests/stat.ts'
import { discard, uploads } from './requests/uploads.ts'
import { type Usage, usage } from './requests/usage.ts'
import type { Session } from './session/session.ts'
import { type Progress, toListener } from './transfer/progress.ts'
import type { TransferResult } from './transfer/result.ts'
import type { GetAllOptions, GetItem } from './tree/get-source.ts'
import type { GetManyOptions, PutManyOptions } from './tree/options.ts'
import type { PutAllOptions, PutItem } from './tree/put-source.ts'
import type { SyncTreesOptions } from './tree/sync-source.ts'
import type { WatchOptions } from './tree/watch-source.ts'

/** A path on the server as a person types it (`/` is the home, `..` goes up), or checked already. */
export type Remote = string | RemotePath

/** What every operation can be given. */
export interface Options {
  /** Its abort ends the operation with its reason. What has arrived is kept and continued by the same call. */
  readonly signal?: AbortSignal | undefined
}

export interface TransferOptions extends Options {
  /** When the target exists. Default: `replace`. */
  readonly ifExists?: IfExists | undefined
  /** Connections that share a large file. Default: 1. */
  readonly streams?: number | undefined
  /** Called often while the transfer runs. Must not throw. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Which directories are compared, and how the one becomes like the other. */
export interface SyncOptions extends Options, SyncTreesOptions {
  /** `put`: the directory on the server becomes like the local one; `get`: the other way round. */
  readonly way: 'get' | 'put'
  readonly local: string
  readonly remote: Remote
}

/** With a path on the server as a person types it, too. */
type Item<T, Key extends keyof T> = Omit<T, Key> & { readonly [K in Key]: Remote }

/**
 * A server, for one account. Operations may run at the same time; each takes a connection of its own, and goes on by
 * itself on a new one when that is lost. Every failure is a TransferError.
 */
export class Client implements Disposable {
  readonly #session: Session
  readonly #folder: string
  readonly #owned: Disposable | undefined

  /**
   * @param folder the client's own folder
   * @param owned what ends with the client: its connections
   */
  constructor(session: Session, folder: string, owned?: Disposable) {
    this.#session = session
    this.#folder = folder
    this.#owned = owned
  }

  /** Closes all connections; what is running fails with `lost`. */
  [Symbol.dispose](): void {
    this.#owned?.[Symbol.dispose]()
  }

  /** The server: its name, and its port where that is not the usual one. */
  get server(): string {
    return this.#session.server
  }

  /** A client whose operations the signal ends too. It shares the connections, and does not close them. */
  until(signal: AbortSignal): Client {
    return new Client(this.#session.with({ signal }), this.#folder)
  }

  /** Who is logged in. */
  async account(options?: Options): Promise<AccountInfo> {
    return await this.#until(options).run(async ({ connection }) => connection.account)
  }

  /** What is at a path. @throws TransferError `not_found` */
  async stat(remote: Remote, options?: Options): Promise<Entry> {
    const path = resolve(remote)
    return await this.#until(options).run(({ connection }) => stat(connection, path))
  }

  /**
   * What is in a directory, in the server's order; with `recursive` also below it, each directory before what is in
   * it, with names relative to the listed one. Each entry comes once, also when a connection is lost meanwhile.
   * @returns when iterated to the end: how many names there cannot be sent to any client
   */
  async *list(
    remote: Remote = HOME,
    { recursive = false, ...options }: Options & { readonly recursive?: boolean | undefined } = {},
  ): AsyncGenerator<Entry, number> {
    const pages = list(this.#until(options), resolve(remote), recursive)
    let next = await pages.next()
    for (; !next.done; next = await pages.next()) yield* next.value
    return next.value
  }

  /** The MD5 of a file and how many bytes it is of. The server reads the file unless it remembers. */
  async md5(remote: Remote, options?: Options): Promise<{ readonly md5: string; readonly bytes: number }> {
    return await digest(this.#until(options), resolve(remote))
  }

  /**
   * Gives the account another password. This client, and whoever else is logged in with the old one, has to log in again.
   * @throws TransferError `bad_request` when it is too short
   */
  async passwd(password: string, options?: Options): Promise<void> {
    await passwd(this.#until(options), password)
  }

  /** How much a tree takes. */
  async usage(remote: Remote = HOME, options?: Options): Promise<Usage> {
    return await usage(this.#until(options), resolve(remote))
  }

  /** Makes a directory; with `parents` those above it too, and one that exists is fine. */
  async mkdir(
    remote: Remote,
    { parents = false, ...options }: Options & { readonly parents?: boolean | undefined } = {},
  ): Promise<void> {
    await mkdir(this.#until(options), resolve(remote), parents)
  }

  /** Removes a file or an empty directory; with `recursive` everything in it too. */
  async remove(
    remote: Remote,
    { recursive = false, ...options }: Options & { readonly recursive?: boolean | undefined } = {},
  ): Promise<void> {
    await remove(this.#until(options), resolve(remote), recursive)
  }

  /** This account's uploads that are not files yet, from whatever client they came. */
  async uploads(options?: Options): Promise<UnfinishedUpload[]> {
    return await uploads(this.#until(options))
  }

  /**
   * Removes what an upload of this account has left on the server. One that is being sent is ended: its put fails with
   * `taken_over`.
   * @throws TransferError `not_found`
   */
  async discard(upload: Pick<UnfinishedUpload, 'path' | 'key'>, options?: Options): Promise<void> {
    await discard(this.#until(options), upload)
  }

  /**
   * Moves or renames; `to` is the new path itself.
   * @param options `ifExists` is `fail` by default
   */
  async move(
    from: Remote,
    to: Remote,
    { ifExists = 'fail', ...options }: Options & { readonly ifExists?: IfExists | undefined } = {},
  ): Promise<MoveResult> {
    return await move(this.#until(options), resolve(from), resolve(to), ifExists)
  }

  /**
   * Fetches a file. Into a local file: it has its name only when it is complete and verified; until then its bytes
   * are in `<name>.ftp.part`, and the same call continues them. Into a stream: each block when it is verified; the
   * stream is not ended.
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

  /** The bytes of a file. */
  async read(remote: Remote, options?: Options): Promise<Buffer<ArrayBuffer>> {
    return await buffer(this.stream(remote, options))
  }

  /** The bytes of a file as they arrive, each block verified. Closing it ends the transfer. */
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
   * Stores a file, bytes, or what a stream gives. When this resolves, it is durable.
   * @param remote the file's new path; its directory must exist
   */
  async put(
    from: string | Uint8Array | AsyncIterable<Uint8Array>,
    remote: Remote,
    { ifExists = 'replace', onProgress, ...options }: TransferOptions = {},
  ): Promise<TransferResult> {
    const { uploadFile, uploadStream } = await import('./transfer/upload/upload-file.ts')
    const path = resolve(remote)
    requirePortable(path)
    const [session, listener] = [this.#until(options), toListener(onProgress)]
    if (typeof from === 'string')
      return await uploadFile(session, from, path, { client: clientId(this.#folder), ifExists, listener })
    const stream = from instanceof Uint8Array ? Readable.from([from]) : from
    return await uploadStream(session, stream, path, { ifExists, listener })
  }

  /**
   * Fetches a directory with everything in it, or what of it is selected. Files that are there are replaced unless
   * `ifExists` says otherwise; each is durable and verified when it has its name.
   * @param to the directory that it becomes; it is made if it is not there
   * @returns how all files ended: failures and an abort are in it, and are not thrown
   */
  async getTree(
    remote: Remote,
    to: string,
    options: Options & GetManyOptions = {},
  ): Promise<TransferSummary> {
    return await this.getAll([{ from: remote, to }], { ...options, recursive: true })
  }

  /**
   * Stores a directory with everything in it, or what of it is selected.
   * @param remote the directory that it becomes; it and those above it are made if they are not there
   * @returns how all files ended: failures and an abort are in it, and are not thrown
   */
  async putTree(
    from: string,
    remote: Remote,
    options: Options & PutManyOptions = {},
  ): Promise<TransferSummary> {
    return await this.putAll([{ from, to: remote }], { ...options, recursive: true })
  }

  /** Fetches several files, and with `recursive` directories, at the same time. Returns as {@link getTree} does. */
  async getAll(
    items: readonly Item<GetItem, 'from'>[],
    options: Options & GetAllOptions = {},
  ): Promise<TransferSummary> {
    const found = items.map((item) => ({ ...item, from: resolve(item.from) }))
    const { getAll } = await import('./tree/get-source.ts')
    return await getAll(this.#until(options), found, options)
  }

  /** Stores several files, and with `recursive` directories, at the same time. Returns as {@link getTree} does. */
  async putAll(
    items: readonly Item<PutItem, 'to'>[],
    options: Options & PutAllOptions = {},
  ): Promise<TransferSummary> {
    const found = items.map((item) => ({ ...item, to: resolve(item.to) }))
    const { putAll } = await import('./tree/put-source.ts')
    return await putAll(this.#until(options), found, clientId(this.#folder), options)
  }

  /**
   * Makes a directory like another one, by moving what differs: files of another size or time, or with `checksum` of
   * another content. Returns as {@link getTree} does.
   * @throws TransferError `not_found` if there is no source
   */
  async sync({ way, local, remote, ...options }: SyncOptions): Promise<TransferSummary> {
    const { syncTrees } = await import('./tree/sync-source.ts')
    const sides = { way, local, remote: resolve(remote) }
    return await syncTrees(this.#until(options), sides, clientId(this.#folder), options)
  }

  /**
   * Stores what is in a folder and what comes into it, as soon as it no longer changes, until the signal is aborted;
   * with `recursive` also what comes into folders in it. Returns as {@link getTree} does; the abort is no failure.
   * @param remote an existing directory
   * @throws TransferError `not_found` if one of them is not there
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
