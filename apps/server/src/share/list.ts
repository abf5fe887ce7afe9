import { type Entry, formatPath, joinPath, LIMITS, type RemotePath, TransferError } from '@ftp/protocol'
import type { OmissionListener, Storage } from '../storage/storage.ts'
import { requirePermission, type Share } from './share.ts'

/** Entries per batch: enough that the cost of a promise per batch is negligible. */
const BATCH = 64

/**
 * The entries of a directory, in batches. With `recursive`, the entries of the whole tree below it; each
 * directory comes before its contents.
 * @param omitted receives what is left out, so that one odd entry hides no others
 */
export async function* list(
  share: Share,
  path: RemotePath,
  recursive: boolean,
  omitted: OmissionListener,
): AsyncGenerator<readonly Entry[]> {
  requirePermission(share, 'list')
  const entries = (directory: RemotePath, listener: OmissionListener): Iterable<Entry> =>
    reachable(share.storage, directory, listener)
  let batch: Entry[] = []
  for (const entry of recursive
    ? walk(path, '', { omitted, entries, below: joinPath })
    : entries(path, omitted)) {
    batch.push(entry)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  yield batch
}

/** The entries of a directory whose own paths are not too long or too deep for this protocol. */
function* reachable(storage: Storage, path: RemotePath, omitted: OmissionListener): Generator<Entry> {
  const room = path.length < LIMITS.pathDepth ? LIMITS.path - Buffer.byteLength(formatPath(path)) - 1 : 0
  for (const entry of storage.list(path, omitted)) {
    if (room >= LIMITS.name || Buffer.byteLength(entry.name) <= room) yield entry
    else omitted.unnamable(entry.name)
  }
}

export interface WalkOptions {
  readonly omitted: OmissionListener
  /** The entries of one directory. */
  readonly entries: (path: RemotePath, omitted: OmissionListener) => Iterable<Entry>
  /** The path of a directory in another one; undefined if that is too deep for the caller. */
  readonly below: (path: RemotePath, name: string) => RemotePath | undefined
}

/**
 * Every entry below `path`, with `prefix` before each name. A directory below it that cannot be read is
 * omitted, and ends nothing.
 */
export function* walk(path: RemotePath, prefix: string, options: WalkOptions): Generator<Entry> {
  const { omitted, entries, below } = options
  const directories: string[] = []
  for (const entry of entries(path, prefixed(omitted, prefix))) {
    if (entry.type === 'directory') directories.push(entry.name)
    yield { ...entry, name: prefix + entry.name }
  }
  for (const name of directories) {
    const directory = below(path, name)
    if (directory === undefined) {
      omitted.unreadable(prefix + name)
      continue
    }
    try {
      yield* walk(directory, `${prefix}${name}/`, options)
    } catch (error) {
      const { code } = TransferError.from(error)
      // A directory that was removed or replaced during the walk is not an error.
      if (code === 'not_found' || code === 'not_directory') continue
      if (code !== 'forbidden' && code !== 'io') throw error
      omitted.unreadable(prefix + name)
    }
  }
}

function prefixed(omitted: OmissionListener, prefix: string): OmissionListener {
  return {
    unnamable: (name) => omitted.unnamable(prefix + name),
    unreadable: (name) => omitted.unreadable(prefix + name),
  }
}
