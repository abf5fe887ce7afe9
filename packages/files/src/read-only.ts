import fs from 'node:fs'
import { errnoOf } from '@ftp/protocol'

/** The system calls that replacing a file needs. */
type Calls = Pick<typeof fs, 'renameSync' | 'statSync' | 'chmodSync'>

/**
 * Renames a file on Windows, which replaces no file that has the read-only attribute. Elsewhere, a file's own
 * permissions do not protect its name, so here they do not either.
 */
export function renameOverReadOnly(from: string | Buffer, to: string, calls: Calls = fs): void {
  try {
    calls.renameSync(from, to)
  } catch (error) {
    const existing = errnoOf(error) === 'EPERM' ? calls.statSync(to, { throwIfNoEntry: false }) : undefined
    if (existing === undefined || !existing.isFile() || (existing.mode & 0o200) !== 0) throw error
    calls.chmodSync(to, 0o600)
    calls.renameSync(from, to)
  }
}
