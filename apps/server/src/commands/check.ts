import { formatPath, printable, TransferError } from '@ftp/protocol'
import { count, formatBytes } from '@ftp/terminal'
import { Digests } from '../databases/sqlite/digests.ts'
import { Checker } from '../share/check.ts'
import { walkStorage } from '../share/walk-storage.ts'
import { Disk } from '../storage/disk.ts'
import { type Context, requireGoing, writeJson, writeLine } from './context.ts'
import { openState, type StateOptions } from './state-folder.ts'

export interface CheckOptions extends StateOptions {
  /** Remove the digests of damaged files, so that the files are served in their present state. */
  readonly accept?: boolean
}

/** The interval between progress reports, in milliseconds. */
const TELL_EVERY_MS = 1_000
/** Clears the current line of a terminal. */
const CLEAR = '\r\x1b[K'

/**
 * `check`: reads every stored file and compares it with its stored digest. The server may be running.
 * @throws TransferError `checksum` if a file is damaged, `io` if one cannot be read
 */
export async function check(context: Context, options: CheckOptions): Promise<void> {
  const { root, accept = false } = options
  const { json } = context
  using database = openState(options)
  const digests = new Digests(database)
  using disk = new Disk(root, (action) => action())
  const checker = new Checker(disk, digests)
  const counts = { right: 0, unknown: 0, damaged: 0, failed: 0, bytes: 0 }
  const clear = context.stderr.isTTY && !json ? CLEAR : ''
  const progress = { files: 0, bytes: 0 }
  let reportedAt = performance.now()
  const onRead = async (bytes: number): Promise<void> => {
    progress.bytes += bytes
    if (performance.now() - reportedAt < TELL_EVERY_MS) return
    reportedAt = performance.now()
    if (json) await writeJson(context, { event: 'progress', ...progress })
    else if (clear !== '')
      context.stderr.write(`${clear}${count(progress.files, 'file')}, ${formatBytes(progress.bytes)} so far`)
  }
  for await (const { path: file, isDirectory } of walkStorage(disk)) {
    requireGoing(context)
    if (isDirectory) continue
    const finding = await checker.check(file, onRead)
    counts[finding.type]++
    progress.files++
    if (finding.type === 'right') counts.bytes += finding.bytes
    if (finding.type === 'right' || finding.type === 'unknown') continue
    if (finding.type === 'damaged' && accept) digests.forget(finding.version)
    const path = formatPath(file)
    const { type, ...rest } = finding
    context.stderr.write(clear)
    if (json) await writeJson(context, { event: type, path, ...rest })
    else if (finding.type === 'failed') await writeLine(context, `cannot be read: ${finding.reason}`)
    else await writeLine(context, `damaged: /${printable(path)}, from byte ${finding.offset} on`)
  }
  context.stderr.write(clear)
  const { right, unknown, damaged, failed, bytes } = counts
  if (json) await writeJson(context, { event: 'checked', ...counts })
  else
    await writeLine(
      context,
      `${count(right, 'file')} (${bytes} bytes) right, ${damaged} damaged, ${failed} unreadable, ${unknown} without a digest`,
    )
  if (damaged > 0)
    throw new TransferError(
      'checksum',
      accept
        ? `${count(damaged, 'damaged file')} will be served as they are from now on`
        : `damaged: ${count(damaged, 'file')}; restore from a backup, or serve what is there with --accept`,
    )
  if (failed > 0)
    throw new TransferError(
      'io',
      `unreadable: ${count(failed, 'file')}; run this as the user who runs the server`,
    )
}
