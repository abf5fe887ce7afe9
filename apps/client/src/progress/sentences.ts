import { BLOCK_SIZE } from '@ftp/md5'
import { printable, type TransferError } from '@ftp/protocol'
import { formatBytes, formatSeconds } from '../format.ts'
import type { FileEffort, FileResult, Summary } from './reporter.ts'

/** The sentence about a continued transfer. */
export function resumedText(name: string, position: number, held: number): string {
  const start = `${printable(name)}: continuing at ${formatBytes(position)}`
  const lost = held - position
  if (position === 0)
    return `${printable(name)}: what an earlier attempt left does not fit the file as it is now; starting again`
  return lost >= BLOCK_SIZE
    ? `${start}; the ${formatBytes(lost)} behind it do not fit and are fetched again`
    : start
}

export function retryText(name: string, failure: TransferError, delayMs: number): string {
  return `${printable(name)}: ${printable(failure.message)}; trying again in ${(delayMs / 1000).toFixed(1)} s`
}

/** @param separator what stands before the MD5: a line of its own where lines are short */
export function endedText(
  name: string,
  verb: string,
  result: FileResult,
  effort: FileEffort,
  separator = ', ',
): string {
  if (result.outcome === 'skipped') return `${printable(name)}: left as it is`
  return `${printable(name)}: ${verb} and verified, ${effortText(result.bytes, effort)}${separator}MD5 ${result.md5 ?? ''}`
}

export function summaryText(
  verb: string,
  { files, bytes, moved, skipped, failed, seconds }: Summary,
): string {
  const parts = [
    `${files} ${files === 1 ? 'file' : 'files'} ${verb} and verified, ${effortText(bytes, { moved, seconds })}`,
  ]
  if (skipped > 0) parts.push(`${skipped} left as they are`)
  if (failed > 0) parts.push(`${failed} failed`)
  return parts.join(', ')
}

function effortText(bytes: number, { moved, seconds }: FileEffort): string {
  const speed = seconds >= 1 ? ` in ${formatSeconds(seconds)} (${formatBytes(moved / seconds)}/s)` : ''
  return `${formatBytes(bytes)}${speed}`
}
