import { setImmediate } from 'node:timers/promises'
import { type Entry, formatPath, HOME, type QuotaInfo, type RemotePath, TransferError } from '@ftp/protocol'
import type { Quotas, Space } from '../state/quotas.ts'
import type { OnChange, Storage } from '../storage/storage.ts'
import { measure } from './measure.ts'
import type { Share } from './share.ts'

/** Of no upload. */
const NO_KEY = ''
const NOTHING: Space = { bytes: 0, files: 0 }

/** Counts that are spoilt by changes before everybody has to wait for one. */
const TRIES = 3

/** The path from the root, which quotas go by: homes may overlap. */
export function fromRoot({ account }: Share, path: RemotePath): string {
  return [...account.home, ...path].join('/')
}

function isLimited({ account: { quota } }: Share): boolean {
  return quota.bytes !== undefined || quota.files !== undefined
}

/**
 * What the account may store and what its home holds; undefined where it is not limited, or not counted yet.
 * @param root the storage of all homes: one that is not there yet is empty
 */
export function quotaInfo(
  { account: { home, quota }, quotas }: Pick<Share, 'account' | 'quotas'>,
  root?: Storage,
): QuotaInfo | undefined {
  if (quota.bytes === undefined && quota.files === undefined) return undefined
  const used = quotas.usage(formatPath(home)) ?? (root && isMissing(root, home) ? NOTHING : undefined)
  if (used === undefined) return undefined
  return {
    ...(quota.bytes !== undefined && { bytes: { limit: quota.bytes, used: used.bytes } }),
    ...(quota.files !== undefined && { files: { limit: quota.files, used: used.files } }),
  }
}

/** Nobody has stored anything yet. */
function isMissing(storage: Storage, home: RemotePath): boolean {
  try {
    storage.stat(home)
    return false
  } catch (error) {
    return error instanceof TransferError && error.code === 'not_found'
  }
}

/** Counts the home of a limited account, if that has not been done. */
export async function requireCounted(share: Share): Promise<void> {
  const home = formatPath(share.account.home)
  if (isLimited(share) && share.quotas.usage(home) === undefined)
    await countHome(share.quotas, share.storage, home)
}

/**
 * Counts what a home holds.
 * @param storage the part of the storage below it
 */
async function countHome(quotas: Quotas, storage: Storage, home: string): Promise<Space> {
  for (let tries = 0; tries < TRIES; tries++) {
    const changes = quotas.beginCount(home)
    const counting = measure(storage, HOME)
    let step = counting.next()
    for (; !step.done; step = counting.next()) await setImmediate()
    if (quotas.counted(home, step.value, changes)) return step.value
  }
  return quotas.countAlone(home, () => {
    const counting = measure(storage, HOME)
    let step = counting.next()
    while (!step.done) step = counting.next()
    return step.value
  })
}

/** What is to be told of changes at `path`; undefined where nobody counts. */
export function changeCounter(share: Share, path: string): OnChange | undefined {
  if (share.quotas.enclosing(path).length === 0) return undefined
  return (change) => share.quotas.change(path, change)
}

/** The same for files that are stored as a whole, without a reservation: what it throws must undo its change. */
export function wholeCounter(share: Share): (path: RemotePath) => OnChange | undefined {
  const { account, quotas } = share
  const home = formatPath(account.home)
  // Asked once: there are many files, and mostly nobody counts.
  if (!quotas.isCounted(home)) return () => undefined
  if (!isLimited(share)) return (path) => changeCounter(share, fromRoot(share, path))
  return (path) => (change) => quotas.settle(NO_KEY, fromRoot(share, path), change, home, account.quota)
}

/** The room of one upload: reserved while its bytes come, counted when it is stored. */
export class Room {
  readonly #share: Share
  readonly #key: string
  readonly #path: string
  readonly #replaced: Space
  #reserved = -1

  private constructor(share: Share, key: string, path: string, replaced: Space) {
    this.#share = share
    this.#key = key
    this.#path = path
    this.#replaced = replaced
  }

  /**
   * @param key of the upload's partial
   * @param replaced what is there now
   */
  static async of(share: Share, path: RemotePath, key: string, replaced: Entry | undefined): Promise<Room> {
    await requireCounted(share)
    const files = replaced === undefined ? 0 : 1
    return new Room(share, key, fromRoot(share, path), { bytes: replaced?.size ?? 0, files })
  }

  /** Makes sure that the file may have `length` bytes. @throws TransferError `quota` */
  reserve(length: number): void {
    if (!isLimited(this.#share) || length <= this.#reserved) return
    const { account, quotas } = this.#share
    const bytes = Math.max(0, length - this.#replaced.bytes)
    const wanted = { bytes, files: 1 - this.#replaced.files }
    quotas.reserve(this.#key, this.#path, wanted, formatPath(account.home), account.quota)
    this.#reserved = length
  }

  /** What the storage is to tell when it makes the upload a file. */
  get onChange(): OnChange | undefined {
    const { account, quotas } = this.#share
    if (!isLimited(this.#share)) return changeCounter(this.#share, this.#path)
    return (change) => quotas.settle(this.#key, this.#path, change, formatPath(account.home), account.quota)
  }

  /** The upload ends without a file; its partial keeps so many bytes. */
  end(kept: number): void {
    if (this.#reserved < 0) return
    if (kept > 0) this.#share.quotas.keep(this.#key, kept)
    else this.#share.quotas.release(this.#key)
  }
}
