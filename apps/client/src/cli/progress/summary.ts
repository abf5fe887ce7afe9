import type { TransferSummary } from '../../queue/reporter.ts'
import { exitCodeOf } from '../exit-codes.ts'

/** The event that is the last line of every command. */
export function summaryEvent(command: string, summary: TransferSummary): object {
  const { files, skipped, failed, codes, bytes, moved, seconds, sync } = summary
  const counts = { done: files, skipped, failed, exitCode: exitCodeOf(codes) }
  const time = { seconds: Math.round(seconds * 1000) / 1000 }
  return { event: 'summary', command, ...counts, bytes, moved, ...sync, ...time }
}
