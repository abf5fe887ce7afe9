import { type RemotePath, TransferError } from '@ftp/protocol'
import { storeOffers } from './mput.ts'
import { pace } from './pace.ts'
import { find } from './put.ts'
import type { Share } from './share.ts'
import type { StoreOptions } from './store.ts'
import type { Committed } from './upload.ts'

/** A file that is stored in one step. */
export interface WholeOptions extends Omit<StoreOptions, 'length' | 'isKept'> {
  /** Its abort ends the wait for the rate of the account. */
  readonly signal: AbortSignal
  /** All bytes of the file. They must not change until it is stored. */
  readonly bytes: Uint8Array
}

/**
 * Stores a file whose bytes are all in memory, as an upload that is begun, filled and committed, but at a
 * fraction of the cost. Use it only for files that need no block: up to 64 KiB.
 * @throws TransferError as `beginUpload` and `HashedUpload.commit`
 */
export async function storeWhole(
  share: Share,
  path: RemotePath,
  { bytes, signal, ...options }: WholeOptions,
): Promise<Committed> {
  const { rates, account } = share
  await pace(rates.limitOf(account), bytes.length, signal)
  const before = find(share, path)
  const [ended] = await storeOffers(share, [{ ...options, path, bytes, length: bytes.length }])
  if (ended === undefined) throw new TransferError('internal', 'a file without an outcome')
  if (ended instanceof TransferError) throw ended
  const { outcome, version } = ended
  if (version === undefined) return { outcome, isReplaced: false, version: share.storage.stat(path).version }
  return { outcome, version, isReplaced: before !== undefined && outcome.entry.name === path.at(-1) }
}
