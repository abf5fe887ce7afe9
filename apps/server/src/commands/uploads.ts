import { formatPath, printable, TransferError } from '@ftp/protocol'
import { alignColumns, formatBytes } from '@ftp/terminal'
import { type OpenStorage, openStorage } from '../open-storage.ts'
import { findUnfinished, partialId, type Unfinished } from '../share/unfinished.ts'
import type { UploadRecord } from '../state/uploads.ts'
import { type Context, requireGoing, writeJson, writeLines, writeResult } from './context.ts'
import { openState, type StateOptions } from './state-folder.ts'

export interface AbortOptions extends StateOptions {
  /** Milliseconds since 1970. */
  readonly before?: number
}

/**
 * The partial on the disk, and the server's record of it. Some fields are missing if it is older than the
 * records.
 */
type Found = Unfinished & Partial<Omit<UploadRecord, 'key' | 'directory'>>

/** `uploads list`: shows unfinished uploads, including those that are running. */
export async function uploadsList(context: Context, options: StateOptions): Promise<void> {
  using database = openState(options)
  using opened = openStorage(options.root, database)
  const rows = [['KEY', 'WRITTEN', 'BYTES', 'OF', 'ACCOUNT', 'FILE']]
  for await (const upload of findAll(opened)) {
    requireGoing(context)
    if (context.json) await writeJson(context, { event: 'upload', ...facts(upload) })
    else rows.push(row(upload))
  }
  if (rows.length > 1) await writeLines(context, alignColumns(rows))
}

/** `uploads abort`: removes partials, by key or by age. A client that returns to one of them starts again. */
export async function uploadsAbort(
  context: Context,
  keys: readonly string[],
  options: AbortOptions,
): Promise<void> {
  const { root, before } = options
  if ((keys.length === 0) === (before === undefined))
    throw new TransferError(
      'bad_request',
      'name the uploads by their keys, or choose them by their age with --before',
    )
  using database = openState(options)
  using opened = openStorage(root, database)
  const missing = new Set(keys)
  for await (const upload of findAll(opened)) {
    const { directory, key, mtime } = upload
    const isMeant = before === undefined ? keys.includes(key) : mtime < before * 1_000
    if (!isMeant) continue
    opened.storage.removePartial(directory, key)
    missing.delete(key)
    await writeResult(context, { event: 'aborted', ...facts(upload) }, `aborted: ${key}  ${nameOf(upload)}`)
  }
  const [first] = missing
  if (first !== undefined)
    throw new TransferError(
      'not_found',
      `there is no upload "${first}"; list them with: ftp-server uploads list`,
    )
}

async function* findAll({ storage, uploads }: OpenStorage): AsyncGenerator<Found> {
  for await (const unfinished of findUnfinished(storage))
    yield { ...uploads.find(partialId(unfinished)), ...unfinished }
}

function facts({ key, directory, size, mtime, name, account, length, began, running }: Found): object {
  const folder = formatPath(directory)
  return {
    key,
    directory: folder,
    ...(name !== undefined && { path: folder === '' ? name : `${folder}/${name}` }),
    account,
    bytes: size,
    length,
    ...(began !== undefined && { began: timeOf(began) }),
    written: timeOf(mtime),
    running: running === true,
  }
}

function row(upload: Found): string[] {
  const { key, size, mtime, length, account, running } = upload
  return [
    key,
    running ? 'now' : timeOf(mtime).replace('T', ' ').slice(0, 19),
    formatBytes(size),
    length === undefined ? '?' : formatBytes(length),
    account ?? '?',
    nameOf(upload),
  ]
}

function nameOf({ directory, name }: Found): string {
  return printable(`/${[...directory, name ?? '?'].join('/')}`)
}

function timeOf(microseconds: number): string {
  return new Date(microseconds / 1_000).toISOString()
}
