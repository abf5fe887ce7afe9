import { type Entry, joinPath, type RemotePath, TransferError } from '@ftp/protocol'
import { makeZip } from 'client-zip'
import { turn } from '../../../guards/turns.ts'
import { openFile } from '../../../share/read-range.ts'
import { requirePermission, type Share } from '../../../share/share.ts'
import { small } from '../../sending/payload.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { contentDisposition } from '../fields/content-disposition.ts'
import { type ZipEntry, zipEntries } from './zip-entries.ts'

/** The most archives that one account, or one address of guests, gets at a time from a thread. */
const MOST_AT_ONCE = 2

/** From this size on, in bytes, a piece of an archive is not gathered with others. */
const LARGE = 16_384
/** The maximum number of pieces that are gathered. A small file has three, and takes about 0.1 ms. */
const MOST_GATHERED = 32

/** The number of archives that each of them is receiving. */
const running = new Map<string, number>()

interface ZipFolder {
  readonly name: string
  readonly lastModified: Date
}

type ZipMetadata = ZipFolder | (ZipFolder & { readonly size: number })
type ZipInput = ZipFolder | (ZipFolder & { readonly size: number; readonly input: AsyncIterable<Uint8Array> })

/** What an archive is wanted of. */
export interface ZipRequest {
  readonly path: RemotePath
  /** The names of entries of the folder; all of them if it is empty. */
  readonly chosen: readonly string[]
}

/**
 * Answers with a folder as a zip archive, without compression, whose exact length is known before its first byte. If
 * a file has changed or vanished when its turn comes, or is damaged, the connection breaks, so that nobody takes the archive
 * for complete.
 * @param onUse called before the first byte is sent
 */
export async function sendZip(
  exchange: Exchange,
  share: Share,
  { path, chosen }: ZipRequest,
  onUse: () => Promise<void>,
): Promise<void> {
  requirePermission(share, 'read')
  using _place = takePlace(share)
  const { entries, length } = await zipEntries(exchange, share, path, chosen)
  const name = `${path.at(-1) ?? 'files'}.zip`
  if (exchange.method === 'GET') await onUse()
  exchange.begin(200, {
    'Content-Type': 'application/zip',
    'Content-Disposition': contentDisposition('attachment', name),
    'Content-Length': length,
  })
  if (exchange.method !== 'HEAD') {
    await using files = new FilesOfArchive(exchange, share, path)
    for await (const bytes of gathered(makeZip(files.inputs(entries)))) {
      // Otherwise, an archive of many small files would keep this thread until its end.
      await turn(share.blocks.owner)
      await exchange.send(small(bytes))
    }
  }
  exchange.end()
}

/** Gathers small pieces of an archive, each of which would otherwise be a write of its own. */
async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  for await (const piece of pieces) {
    if (piece.length < LARGE) waiting.push(piece)
    if (piece.length < LARGE && waiting.length < MOST_GATHERED) continue
    if (waiting.length > 0) yield Buffer.concat(waiting)
    waiting = []
    if (piece.length >= LARGE) yield piece
  }
  if (waiting.length > 0) yield Buffer.concat(waiting)
}

/** @throws Refusal 429 */
function takePlace({ blocks: { owner: who } }: Share): Disposable {
  const before = running.get(who) ?? 0
  if (before >= MOST_AT_ONCE)
    throw new Refusal(429, 'busy', `${MOST_AT_ONCE} archives at a time are enough; wait for one to end`, {
      'Retry-After': '30',
    })
  running.set(who, before + 1)
  return {
    [Symbol.dispose]() {
      const left = (running.get(who) ?? 1) - 1
      if (left === 0) running.delete(who)
      else running.set(who, left)
    },
  }
}

function metadata({ entry, name }: ZipEntry): ZipMetadata {
  const lastModified = new Date(entry.mtime / 1_000)
  return entry.type === 'directory' ? { name, lastModified } : { name, lastModified, size: entry.size }
}

/**
 * The files of an archive, which are read when their turn comes. The archive never closes the one that it was reading if it
 * is not read to its end itself.
 */
class FilesOfArchive implements AsyncDisposable {
  readonly #exchange: Exchange
  readonly #share: Share
  readonly #path: RemotePath
  #reading: AsyncGenerator<Uint8Array> | undefined

  constructor(exchange: Exchange, share: Share, path: RemotePath) {
    this.#exchange = exchange
    this.#share = share
    this.#path = path
  }

  *inputs(entries: readonly ZipEntry[]): Generator<ZipInput> {
    for (const one of entries) {
      const about = metadata(one)
      if ('size' in about) {
        this.#reading = this.#bytesOf(one.entry)
        yield { ...about, input: this.#reading }
      } else yield about
    }
  }

  async *#bytesOf({ name, size }: Entry): AsyncGenerator<Uint8Array> {
    await using file = await openFile(this.#share, joinPath(this.#path, name))
    if (file.entry.size !== size) throw new TransferError('changed', `"${name}" has changed`)
    for await (const { block } of file.read(0, size, this.#exchange.signal)) {
      using slice = block
      // The archive keeps them until they have been sent, which may take as long as the client likes.
      yield Uint8Array.from(slice.bytes)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading?.return(undefined)
  }
}
