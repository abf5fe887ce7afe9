import { setImmediate } from 'node:timers/promises'
import {
  formatPath,
  type IfExists,
  joinPath,
  namesFor,
  type RemotePath,
  siblingPath,
  TransferError,
} from '@ftp/protocol'
import { audited } from './audit.ts'
import { CopiedFile } from './copied-file.ts'
import { requireStorable } from './names.ts'
import { find, openParts, randomKey } from './put.ts'
import { requirePermission, type Share } from './share.ts'
import { VerifiedFile } from './verified-file.ts'

/** The number of entries that are looked at before other work may run. */
const TOGETHER = 64

export interface CopyOptions {
  readonly from: RemotePath
  /** The path of the copy itself, not a directory to copy into. */
  readonly to: RemotePath
  /** For a directory, `replace`, `newer` and `different` mean `fail`: a directory is never replaced. */
  readonly ifExists: IfExists
  /** The version that the source must have; `changed` is thrown for any other one. */
  readonly ifVersion?: string | undefined
  /** Whether a directory is copied, with everything in it; otherwise, it is refused. */
  readonly isRecursive: boolean
  /** Its abort ends the copy; the files that are complete stay. */
  readonly signal: AbortSignal
  /** Called with the number of bytes copied so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined
}

/** What has been copied. */
export interface Copied {
  /** The final name, which differs from the requested one only with `rename`. */
  readonly name: string
  readonly files: number
  readonly bytes: number
  /** The number of entries that are not copied: links and the like, and names that no path can hold. */
  readonly leftOut: number
}

/**
 * Copies a file, or a directory with everything in it. Each file of the copy appears when it is complete and
 * durable, with the time, the permission bits and the digest of its source.
 * @returns undefined if `ifExists` says to keep what is there
 * @throws TransferError `not_found`, `is_directory`, `exists`, `bad_request` if a directory would be copied into itself,
 * `quota`, `no_space`, `checksum` if a source is damaged on the disk, …
 */
export async function copy(share: Share, options: CopyOptions): Promise<Copied | undefined> {
  const { from, to } = options
  const run = async (): Promise<Copied | undefined> => {
    requirePermission(share, 'read')
    requirePermission(share, 'write')
    requireStorable(share, to)
    const { entry, version } = share.storage.stat(from)
    requireVersion(version, options)
    if (formatPath(to) === formatPath(from))
      throw new TransferError('bad_request', `"${formatPath(from)}" cannot be copied onto itself`)
    const count = new Count(options.onProgress)
    if (entry.type === 'directory' && !options.isRecursive)
      throw new TransferError('is_directory', `"${formatPath(from)}" is a directory`)
    const name =
      entry.type === 'directory'
        ? await copyTree(share, options, count)
        : await copyFile(share, options, count)
    return name === undefined ? undefined : { name, ...count.total }
  }
  return await audited(share, { action: 'copy', path: from, target: to }, run, (copied) =>
    copied === undefined
      ? { outcome: 'skipped' }
      : { outcome: 'ok', target: siblingPath(to, copied.name), size: copied.bytes },
  )
}

function requireVersion(version: string, { ifVersion, from }: CopyOptions): void {
  if (ifVersion !== undefined && version !== ifVersion)
    throw new TransferError('changed', `"${formatPath(from)}" is another version by now`)
}

/** What has been copied so far. */
class Count {
  readonly total = { files: 0, bytes: 0, leftOut: 0 }
  readonly #onProgress: (bytes: number) => void

  constructor(onProgress: (bytes: number) => void = () => {}) {
    this.#onProgress = onProgress
  }

  /** @param bytes of the file that is being copied */
  running(bytes: number): void {
    this.#onProgress(this.total.bytes + bytes)
  }

  copied(bytes: number): void {
    this.total.files++
    this.total.bytes += bytes
    this.running(0)
  }
}

/** @returns the final name; undefined if the file that is there has been kept */
async function copyFile(share: Share, options: CopyOptions, count: Count): Promise<string | undefined> {
  const { from, to, ifExists, signal } = options
  await using source = new VerifiedFile(share, share.storage.open(from))
  requireVersion(source.version, options)
  const { size, mtime, mode } = source.entry
  const offer = { length: size, mtime, mode, ifExists }
  const parts = await openParts(share, to, { key: randomKey(), takeLease: undefined, offer })
  if (!('partial' in parts)) return undefined
  await using file = new CopiedFile(parts)
  await file.fill(source, signal, (bytes) => count.running(bytes))
  const { outcome } = await file.commit()
  if (outcome.type === 'skipped') return undefined
  count.copied(size)
  return outcome.entry.name
}

/** @returns the final name; undefined if the directory that is there has been kept */
async function copyTree(share: Share, options: CopyOptions, count: Count): Promise<string | undefined> {
  const { from, to } = options
  requirePermission(share, 'list')
  requirePermission(share, 'mkdir')
  if (`${formatPath(to)}/`.startsWith(`${formatPath(from)}/`) || from.length === 0)
    throw new TransferError('bad_request', `"${formatPath(from)}" cannot be copied into itself`)
  const top = await makeTop(share, options)
  if (top === undefined) return undefined
  const leaveOut = (): void => void count.total.leftOut++
  const omitted = { unnamable: leaveOut, unreadable: leaveOut }
  const waiting = [{ from, to: top }]
  let looked = 0
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    for (const { name, type } of share.storage.list(pair.from, omitted)) {
      // Otherwise, a tree of many empty folders would keep this thread until its end.
      if (++looked % TOGETHER === 0) await setImmediate()
      options.signal.throwIfAborted()
      if (type !== 'directory' && type !== 'file') {
        leaveOut()
        continue
      }
      const below = { from: joinPath(pair.from, name), to: joinPath(pair.to, name) }
      if (type === 'file')
        await copyFile(share, { ...options, ...below, ifExists: 'fail', ifVersion: undefined }, count)
      else {
        await share.storage.makeDirectory(below.to, false)
        waiting.push(below)
      }
    }
  }
  return top.at(-1)
}

/** Creates the directory of the copy. @returns undefined if what is there stays */
async function makeTop(share: Share, { to, ifExists }: CopyOptions): Promise<RemotePath | undefined> {
  for (const name of namesFor(to.at(-1) ?? '', ifExists)) {
    const path = siblingPath(to, name)
    if (find(share, path) !== undefined) {
      if (ifExists === 'skip') return undefined
      if (ifExists === 'rename') continue
      throw new TransferError('exists', `"${formatPath(path)}" already exists`)
    }
    await share.storage.makeDirectory(path, false)
    return path
  }
  throw new TransferError('exists', `"${formatPath(to)}" already exists`)
}
