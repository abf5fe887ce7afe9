import { type RemotePath, TransferError } from '@ftp/protocol'
import type { WritableFile } from '../../../share/new-file.ts'
import type { ReadableFile } from '../../../share/read-range.ts'
import type { Listing } from './listing.ts'

/** The maximum number of handles that a connection may have open. */
export const MOST_HANDLES = 256
/**
 * The maximum number that all connections of this thread may have open, because each takes up to two descriptors. Every
 * connection may have {@link ALWAYS} of them, for which its own descriptors suffice.
 */
const MOST_IN_THREAD = 1_024
const ALWAYS = 2
let inThread = 0

/** What a client has open. */
export type Handle =
  | { readonly type: 'reading'; readonly file: ReadableFile; readonly path: RemotePath }
  | {
      readonly type: 'writing'
      readonly file: WritableFile
      /** Whether it has been opened for reading, too. */
      readonly isReadable: boolean
      /** Whether all bytes go to the end, whatever offset the client sends. */
      readonly isAppended: boolean
    }
  | { readonly type: 'directory'; readonly listing: Listing }

/** The handles of one connection, whatever number of channels it has. Disposing of them keeps what is unfinished. */
export class Handles implements AsyncDisposable {
  readonly #open = new Map<string, Handle>()
  #next = 0
  #isClosed = false
  /** Resolves when the files are closed that {@link closeSoon} has been given. */
  #closing: Promise<unknown> = Promise.resolve()

  get isEmpty(): boolean {
    return this.#open.size === 0
  }

  /** The files that are open for writing, the one opened last at the end. */
  get files(): WritableFile[] {
    return [...this.#open.values()].flatMap((handle) => (handle.type === 'writing' ? [handle.file] : []))
  }

  /** @throws TransferError `busy` if no more may be open */
  async requireRoom(): Promise<void> {
    await this.#closing
    const { size } = this.#open
    if (size >= MOST_HANDLES || (size >= ALWAYS && inThread >= MOST_IN_THREAD))
      throw new TransferError('busy', 'too many files and directories are open; close some')
  }

  /**
   * Takes over what a client has opened.
   * @returns the name of the handle for the client
   * @throws TransferError `lost` if the connection has ended meanwhile
   */
  async add(handle: Handle): Promise<Buffer> {
    if (this.#isClosed) {
      await dispose(handle)
      throw new TransferError('lost', 'the client closed the connection')
    }
    const name = Buffer.alloc(4)
    name.writeUInt32BE(this.#next++)
    this.#open.set(name.toString('hex'), handle)
    inThread++
    return name
  }

  /** @throws TransferError `bad_request` if there is no such handle */
  get(name: Buffer): Handle {
    const handle = this.#open.get(keyOf(name))
    if (handle === undefined) throw new TransferError('bad_request', 'there is no such handle')
    return handle
  }

  /** As {@link get}; the handle is no longer valid then, and the caller owns what it stands for. */
  take(name: Buffer): Handle {
    const handle = this.get(name)
    this.#open.delete(keyOf(name))
    inThread--
    return handle
  }

  /**
   * Closes a handle while its client already reads the answer, because clients that fetch many small files wait for each
   * answer. Nothing more is opened before that, so that such files are few.
   */
  closeSoon(handle: Handle): void {
    this.#closing = Promise.allSettled([this.#closing, sent().then(() => dispose(handle))])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    const all = [...this.#open.values()]
    this.#open.clear()
    inThread -= all.length
    await Promise.allSettled([this.#closing, ...all.map(async (handle) => await dispose(handle))])
  }
}

/** Closes what a handle stands for, without giving a file that is being written its name. */
export async function dispose(handle: Handle): Promise<void> {
  if (handle.type === 'directory') return await handle.listing[Symbol.asyncDispose]()
  await handle.file[Symbol.asyncDispose]()
}

/** Resolves when the answer that is being written is on its way. */
function sent(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A handle of another length is unknown, and may be long. */
function keyOf(name: Buffer): string {
  return name.length === 4 ? name.toString('hex') : ''
}
