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
} from '@ftp/protocol'
import { clientId } from './profiles/config-folder.ts'
import { digest } from './requests/digest.ts'
import { list } from './requests/list.ts'
import { mkdir } from './requests/mkdir.ts'
import { type MoveResult, move } from './requests/move.ts'
import { remove } from './requests/remove.ts'
import { stat } from './requests/stat.ts'
import { type Usage, usage } from './requests/usage.ts'
import type { Session } from './session/session.ts'
import { type Progress, toListener } from './transfer/progress.ts'
import type { TransferResult } from './transfer/result.ts'

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

/**
 * A server, for one account. Operations may run at the same time; each takes a connection of its own, and goes on by
 * itself on a new one when that is lost. Every failure is a TransferError.
 */
export class Client implements Disposable {
  readonly #session: Session
  readonly #folder: string

  /** @param folder the client's own folder */
  constructor(session: Session, folder: string) {
    this.#session = session
    this.#folder = folder
  }

  /** Closes all connections; what is running fails with `lost`. */
  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]()
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
    const path = resolve(remote)
    const session = this.#until(options)
    const listener = toListener(onProgress)
    const run = session.runner()
    return typeof to === 'string'
      ? await downloadFile(run, path, to, ifExists, listener, undefined, streams)
      : await downloadToStream(run, path, to, listener, session.signal)
  }

  /** The bytes of a file. */
  async read(remote: Remote, options?: Options): Promise<Buffer<ArrayBuffer>> {
    return await buffer(this.stream(remote, options))
  }

  /** The bytes of a file as they arrive, each block verified. Closing it ends the transfer. */
  stream(remote: Remote, { signal }: Options = {}): Readable {
    const stream = new PassThrough()
    const closed = new AbortController()
    stream.once('close', () => closed.abort(new TransferError('cancelled', 'the stream was closed')))
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
    const session = this.#until(options)
    const listener = toListener(onProgress)
    const run = session.runner()
    if (typeof from === 'string')
      return await uploadFile(run, from, path, clientId(this.#folder), ifExists, listener)
    const stream = from instanceof Uint8Array ? Readable.from([from]) : from
    return await uploadStream(run, stream, path, ifExists, listener, session.signal)
  }

  #until({ signal }: Options = {}): Session {
    return signal === undefined ? this.#session : this.#session.until(signal)
  }
}

function resolve(remote: Remote): RemotePath {
  return typeof remote === 'string' ? resolvePath(remote) : remote
}
