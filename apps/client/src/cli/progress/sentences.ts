import path from 'node:path'
import { BLOCK_SIZE } from '@ftp/md5'
import { printable, type TransferError } from '@ftp/protocol'
import type { FileStats, SyncCounts, TransferSummary } from '../../queue/reporter.ts'
import type { TransferResult } from '../../transfer/result.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { formatBytes, formatSeconds } from '../text/format.ts'

/** The exit code of a command that was interrupted. */
const INTERRUPTED = 130

/** The sentence that says where a transfer continues. */
export function resumedText(name: string, position: number, held: number): string {
  const start = `${printable(name)}: continuing at ${formatBytes(position)}`
  const lost = held - position
  if (position === 0)
    return `${printable(name)}: the file has changed since the earlier attempt; starting again`
  return lost >= BLOCK_SIZE
    ? `${start}; the next ${formatBytes(lost)} have changed and are transferred again`
    : start
}

/** The sentence that says when a transfer continues after a failure, and why it stopped. */
export function retryText(name: string, failure: TransferError, delayMs: number): string {
  const seconds = (delayMs / 1000).toFixed(1)
  return `${printable(name)}: trying again in ${seconds} s, because: ${printable(failure.message)}`
}

/** How long the server must be silent before progress lines say so, in milliseconds. */
export const SILENT_MS = 3_000

/** Says for how long nothing has come from the server. */
export function silenceText(ms: number): string {
  return `no answer for ${Math.floor(ms / 1_000)} s`
}

/** The final path of a file whose target was `to`. */
export function finalPath(to: string, { name }: TransferResult): string {
  return name === undefined ? to : to.slice(0, to.length - path.basename(to).length) + name
}

/** The name of a file in sentences, followed by its target if that has another name. */
export function labelOf(name: string, to: string): string {
  return path.basename(name) === path.basename(to) || to === '' ? name : `${name} → ${to}`
}

/** @param separator the text before the MD5; a line break if lines are short */
export function endedText(
  name: string,
  verb: string,
  result: TransferResult,
  effort: FileStats,
  separator = ', ',
): string {
  if (result.outcome === 'skipped') return `${printable(name)}: left as it is`
  const done = result.repeated ? `was ${verb} and verified before` : `${verb} and verified`
  return `${printable(name)}: ${done}, ${statsText(result.bytes, effort)}${separator}MD5 ${result.md5 ?? ''}`
}

/** The sentence about all files of a command. @param verb what was done to each: `received` */
export function summaryText(
  verb: string,
  { files, bytes, moved, skipped, failed, seconds, codes, sync }: TransferSummary,
): string {
  if (sync?.planned !== undefined) return planText(verb, sync, sync.planned, failed)
  const isIdle = files + skipped + failed === 0
  if (sync !== undefined && isIdle && sync.changed + sync.deleted === 0)
    return 'nothing to do: the target is like the source'
  const parts = [
    `${countText(files)} ${verb} and verified, ${statsText(bytes, { moved, seconds })}`,
    ...changesText(sync, 'changed', 'deleted'),
  ]
  if (skipped > 0) parts.push(`${skipped} left as they are`)
  if (failed > 0) parts.push(`${failed} ${exitCodeOf(codes) === INTERRUPTED ? 'interrupted' : 'failed'}`)
  return parts.join(', ')
}

/** The sentence about a dry run. @param verb what would have been done to each file: `received` */
function planText(
  verb: string,
  sync: SyncCounts,
  { files, bytes }: { readonly files: number; readonly bytes: number },
  failed: number,
): string {
  const parts = [
    ...(files > 0
      ? [`${verb === 'stored' ? 'store' : 'receive'} ${countText(files)}, ${formatBytes(bytes)}`]
      : []),
    ...changesText(sync, 'change', 'delete'),
  ]
  const plan = parts.length > 0 ? `would ${parts.join(', ')}; nothing was done` : 'nothing to do'
  return failed > 0 ? `${plan}, ${failed} failed` : plan
}

function changesText(sync: SyncCounts | undefined, change: string, remove: string): string[] {
  const { changed = 0, deleted = 0 } = sync ?? {}
  const isPlan = sync?.planned !== undefined
  const text = (count: number, verb: string): string[] =>
    count === 0 ? [] : [isPlan ? `${verb} ${count}` : `${count} ${verb}`]
  return [...text(changed, change), ...text(deleted, remove)]
}

function countText(files: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`
}

function statsText(bytes: number, { moved, seconds }: FileStats): string {
  if (seconds < 1 || moved === 0) return formatBytes(bytes)
  const part = moved < bytes ? `, ${formatBytes(moved)} of it now,` : ''
  return `${formatBytes(bytes)}${part} in ${formatSeconds(seconds)} (${formatBytes(moved / seconds)}/s)`
}
