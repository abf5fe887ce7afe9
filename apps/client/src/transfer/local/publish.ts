import fs from 'node:fs'
import path from 'node:path'
import {
  type Entry,
  errnoOf,
  type IfExists,
  judge,
  namesFor,
  printable,
  TransferError,
  toMicroseconds,
  type Verdict,
} from '@ftp/protocol'
import { discard } from './discard.ts'

/** What decides whether an existing file is replaced. */
type Fresh = Pick<Entry, 'mtime' | 'size'>

/**
 * Gives a complete local file its name, atomically, if the policy allows it; with `rename` the first that is free.
 * @returns the name it has got; undefined when the existing file stays: the file still has its old name then
 * @throws TransferError `exists`, or a system error
 */
export function publish(
  hidden: string,
  target: string,
  fresh: Fresh,
  ifExists: IfExists,
): string | undefined {
  const own = path.basename(target)
  for (const name of namesFor(own, ifExists)) {
    const place = name === own ? target : path.join(path.dirname(target), name)
    const end = publishAs(hidden, place, fresh, ifExists)
    if (end !== 'rename') return end === 'keep' ? undefined : name
  }
  throw exists(target)
}

function publishAs(
  hidden: string,
  target: string,
  fresh: Fresh,
  ifExists: IfExists,
): 'given' | 'keep' | 'rename' {
  for (;;) {
    const verdict = verdictOn(target, fresh, ifExists)
    if (verdict === 'replace') {
      fs.renameSync(hidden, target)
      return 'given'
    }
    if (verdict !== 'create') return verdict
    try {
      linkThenRemove(hidden, target)
      return 'given'
    } catch (error) {
      // Somebody has taken the name since.
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  }
}

/**
 * What a policy says of the place where a file is to be, as it is now.
 * @throws TransferError `exists` for the policy `fail`
 */
export function verdictOn(
  target: string,
  fresh: Fresh,
  ifExists: IfExists,
): 'create' | Exclude<Verdict, 'refuse'> {
  if (ifExists === 'replace') return 'replace'
  const existing = fs.lstatSync(target, { bigint: true, throwIfNoEntry: false })
  if (existing === undefined) return 'create'
  const verdict = judge(
    ifExists,
    { size: Number(existing.size), mtime: toMicroseconds(existing.mtimeNs) },
    fresh,
  )
  if (verdict === 'refuse') throw exists(target)
  return verdict
}

/** link(2) fails where rename(2) would replace; file systems without links (exFAT, SMB) must do with a look before. */
function linkThenRemove(hidden: string, target: string): void {
  try {
    fs.linkSync(hidden, target)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' || fs.existsSync(target)) throw error
    fs.renameSync(hidden, target)
    return
  }
  // The file has its name now, whatever becomes of the other one.
  discard(hidden)
}

function exists(target: string): TransferError {
  return new TransferError('exists', `"${printable(target)}" already exists`)
}
