import { BLOCK_SIZE, md5sOf } from '@ftp/md5'
import { type Entry, type RemotePath, TransferError } from '@ftp/protocol'
import type { Read } from '../storage/storage.ts'
import { record } from './audit.ts'
import { requirePermission, type Share } from './share.ts'

/** A whole file for its client to have. */
export interface Whole {
  readonly entry: Entry
  readonly version: string
  /** To be passed to giveBlock. */
  readonly bytes: Uint8Array
  readonly md5: string
}

/** So many bytes are read before the first are sent. */
const ENOUGH = BLOCK_SIZE

/** Up to this size, hashing a file is faster than looking its digest up. */
export const CHEAP = 16_384

/**
 * Reads files of up to one block, together.
 * @param paths asked for one after another until there is enough for now
 * @returns for each path that was asked for, in their order: the file, why there is none, or undefined for a larger
 * one, which ends the row
 */
export async function getAll(
  share: Share,
  paths: Iterable<RemotePath>,
): Promise<readonly (Whole | TransferError | undefined)[]> {
  requirePermission(share, 'read')
  const asked: RemotePath[] = []
  const read = await share.storage.readAll(taken(paths, asked), { largest: BLOCK_SIZE, enough: ENOUGH })
  const md5s = md5sFor(share, read)
  return read.map((one, index) => {
    const [path, md5] = [asked[index], md5s[index]]
    if (path === undefined || one === undefined) return undefined
    if (one instanceof TransferError || md5 === undefined) {
      const failure = TransferError.from(one)
      record(share, { action: 'get', path, outcome: failure.code })
      return failure
    }
    const { entry, version, bytes } = one
    record(share, { action: 'get', path, size: bytes.length, md5, outcome: 'ok' })
    return { entry, version, bytes, md5 }
  })
}

function* taken(paths: Iterable<RemotePath>, asked: RemotePath[]): Generator<RemotePath> {
  for (const path of paths) {
    asked.push(path)
    yield path
  }
}

/** The MD5 of each file that has been read, from the digest store or computed side by side, and then stored. */
function md5sFor({ digests }: Share, read: readonly Read[]): readonly (string | undefined)[] {
  const md5s = read.map((one) => {
    const isCheap = one === undefined || one instanceof TransferError || one.bytes.length <= CHEAP
    return isCheap ? undefined : digests.find(one.version)?.md5
  })
  const unknown = read.flatMap((one, index) =>
    one === undefined || one instanceof TransferError || md5s[index] !== undefined ? [] : [one.bytes],
  )
  const computed = md5sOf(unknown).values()
  return read.map((one, index) => {
    if (one === undefined || one instanceof TransferError) return undefined
    const known = md5s[index]
    const md5 = known ?? computed.next().value
    if (known === undefined && md5 !== undefined && one.bytes.length > CHEAP)
      digests.learn(one.version, { chain: new Uint8Array(0), md5 })
    return md5 && Buffer.from(md5.buffer, md5.byteOffset, md5.length).toString('hex')
  })
}
