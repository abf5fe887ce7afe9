import { type RemotePath, TransferError } from '@ftp/protocol'
import type { Read, Status } from '../storage/storage.ts'
import { record } from './audit.ts'
import { requirePermission, type Share } from './share.ts'

/** A whole file for a client. */
export interface Whole extends Status {
  /** Absent if the file is too large to be sent together with others. */
  readonly bytes?: Uint8Array | undefined
  readonly md5?: string | undefined
}

/** Up to this size in bytes, hashing a file is faster than looking up its digest. */
export const CHEAP = 16_384

/**
 * Reads several whole files in one step.
 * @param paths instead of a path, an entry may be the error that is already known for it
 * @param buffer receives the bytes of the files, one after the other
 * @returns for as many paths as there is room for, in order: the file, or the error that prevented reading it
 */
export async function mget(
  share: Share,
  paths: readonly (RemotePath | TransferError)[],
  buffer: Uint8Array,
): Promise<readonly (Whole | TransferError)[]> {
  requirePermission(share, 'read')
  const wanted = paths.filter((path): path is RemotePath => !(path instanceof TransferError))
  const read = await share.storage.readAll(wanted, buffer)
  const md5s = md5sFor(share, read)
  const files: (Whole | TransferError)[] = []
  let next = 0
  for (const path of paths) {
    if (path instanceof TransferError) {
      files.push(path)
      continue
    }
    const one = read[next]
    if (one === undefined) break
    files.push(recorded(share, path, one, md5s[next++]))
  }
  return files
}

function recorded(share: Share, path: RemotePath, one: Read, md5: string | undefined): Whole | TransferError {
  if (one instanceof TransferError) record(share, { action: 'get', path, outcome: one.code })
  else if (one.bytes !== undefined)
    record(share, { action: 'get', path, size: one.bytes.length, md5, outcome: 'ok' })
  return one instanceof TransferError ? one : { ...one, md5 }
}

/**
 * The MD5 of each file that has been read: from the digest store, or computed side by side and then saved
 * there.
 */
function md5sFor({ digests, hasher }: Share, read: readonly Read[]): readonly (string | undefined)[] {
  const md5s: (Uint8Array | undefined)[] = []
  const unknown: { index: number; bytes: Uint8Array; recordAs: string | undefined }[] = []
  for (const [index, one] of read.entries()) {
    if (one instanceof TransferError || one.bytes === undefined) continue
    const { bytes, version, settled } = one
    const isCheap = bytes.length <= CHEAP
    if (!isCheap) md5s[index] = digests.find(version)?.md5
    if (md5s[index] === undefined)
      unknown.push({ index, bytes, recordAs: isCheap || !settled ? undefined : version })
  }
  const computed = hasher.md5sOf(unknown.map(({ bytes }) => bytes))
  for (const [at, { index, recordAs }] of unknown.entries()) {
    const md5 = computed[at]
    md5s[index] = md5
    if (recordAs !== undefined) digests.record(recordAs, { chain: new Uint8Array(0), md5 })
  }
  return md5s.map((md5) => md5 && Buffer.from(md5.buffer, md5.byteOffset, md5.length).toString('hex'))
}

/**
 * Reads bytes again of files that {@link mget} has read one after the other. If a file has changed, its
 * present bytes are returned; the client notices by the MD5.
 * @param at the number of bytes to skip, counted across the files
 */
export async function readAgain(
  share: Share,
  files: readonly { readonly path: RemotePath; readonly size: number }[],
  buffer: Uint8Array,
  at: number,
): Promise<void> {
  buffer.fill(0)
  let start = -at
  for (const { path, size } of files) {
    const [from, to] = [Math.max(0, start), Math.min(buffer.length, start + size)]
    if (from < to) await readInto(share, path, buffer.subarray(from, to), from - start)
    start += size
  }
}

async function readInto(
  { storage }: Share,
  path: RemotePath,
  bytes: Uint8Array,
  offset: number,
): Promise<void> {
  try {
    await using file = storage.open(path)
    await file.read(bytes, offset)
  } catch {
    // The file is gone: the client notices by the MD5.
  }
}
