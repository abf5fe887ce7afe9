import { type RemotePath, TransferError } from '@ftp/protocol'
import type { Read, Status } from '../storage/storage.ts'
import { record } from './audit.ts'
import { requirePermission, type Share } from './share.ts'

/** A file for its client to have. */
export interface Whole extends Status {
  /** Absent where it is too large to come with others. */
  readonly bytes?: Uint8Array | undefined
  readonly md5?: string | undefined
}

/** Up to this size, hashing a file is faster than looking its digest up. */
export const CHEAP = 16_384

/**
 * Reads several whole files in one step.
 * @param paths of some it may be known already why there is no file
 * @param buffer where their bytes are written, one behind the other
 * @returns for each of as many paths as there is room for, in their order: the file, or why there is none
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

/** The MD5 of each file that has been read, from the digest store or computed side by side, and then stored. */
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
 * Reads bytes of files again that {@link mget} has read, one file behind the other. Of a file that is not what it was, it
 * is whatever there is: its MD5 tells.
 * @param at how many bytes of the files to leave out
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
    // It is gone.
  }
}
