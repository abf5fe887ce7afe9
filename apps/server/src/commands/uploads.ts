import { formatPath, printable, TransferError } from '@ftp/protocol'
import { findUnfinished, type Unfinished } from '../share/unfinished.ts'
import { Disk } from '../storage/disk.ts'
import { type Context, writeJson, writeLine } from './context.ts'

export interface UploadsOptions {
  readonly root: string
  readonly json?: boolean
}

export interface AbortOptions extends UploadsOptions {
  /** Milliseconds since 1970. */
  readonly before?: number
}

/** `uploads list`: what unfinished uploads have left, running ones too. */
export async function uploadsList(context: Context, { root, json = false }: UploadsOptions): Promise<void> {
  using disk = open(root)
  for await (const upload of findUnfinished(disk)) {
    if (context.signal.aborted) return
    if (json) writeJson(context, { event: 'upload', ...facts(upload) })
    else writeLine(context, line(upload))
  }
}

/** `uploads abort`: removes them, by key or by age. A client that comes back starts again. */
export async function uploadsAbort(
  context: Context,
  keys: readonly string[],
  { root, before, json = false }: AbortOptions,
): Promise<void> {
  if ((keys.length === 0) === (before === undefined))
    throw new TransferError('bad_request', 'name the uploads by their keys, or all of some age with --before')
  using disk = open(root)
  const missing = new Set(keys)
  for await (const upload of findUnfinished(disk)) {
    const { directory, key, mtime } = upload
    const isMeant = before === undefined ? keys.includes(key) : mtime < before * 1_000
    if (!isMeant) continue
    disk.removePartial(directory, key)
    missing.delete(key)
    if (json) writeJson(context, { event: 'aborted', ...facts(upload) })
    else writeLine(context, `aborted: ${line(upload)}`)
  }
  const [first] = missing
  if (first !== undefined)
    throw new TransferError('not_found', `there is no upload "${first}"; ftp-server uploads list shows them`)
}

function open(root: string): Disk {
  return new Disk(root, (action) => action())
}

function facts({ key, directory, size, mtime }: Unfinished): object {
  return {
    key,
    directory: formatPath(directory),
    bytes: size,
    written: new Date(mtime / 1_000).toISOString(),
  }
}

function line({ key, directory, size, mtime }: Unfinished): string {
  const written = new Date(mtime / 1_000).toISOString().replace('T', ' ').slice(0, 19)
  return `${key}  ${written}  ${String(size).padStart(14)} bytes  in /${printable(formatPath(directory))}`
}
