import type { Stats } from '@ftp/files'
import { requireOwnSpelling, respell, sizeOf, toEntry, whileInUse } from '@ftp/files'
import {
  formatPath,
  type IfExists,
  judge,
  namesFor,
  parentPath,
  type RemotePath,
  siblingPath,
  TransferError,
  type Verdict,
} from '@ftp/protocol'
import { attempt, quote, sync } from './directory.ts'
import type { Home } from './home.ts'
import { requireReplaceable } from './replaceable.ts'
import { requireVersion } from './status.ts'
import type { ChangeOptions, Exclusive, PartialListener } from './storage.ts'

interface Move extends ChangeOptions {
  readonly from: RemotePath
  readonly to: RemotePath
  readonly ifExists: IfExists
  readonly partials: PartialListener
}

/** Implements `Storage.move`. */
export async function move(
  home: Home,
  exclusive: Exclusive,
  { from, to, ifExists, ifVersion, onChange, partials }: Move,
): Promise<string | undefined> {
  const [source, target] = [from.at(-1), to.at(-1)]
  if (source === undefined || target === undefined)
    throw new TransferError('forbidden', 'the home directory cannot be moved')
  using old = home.parentOf(from)
  using fresh = home.parentOf(to)
  const { fs } = home
  const moving = (): Stats => attempt(from, () => fs.lstat(old.at(source)))
  if (formatPath(from) === formatPath(to)) return moving() && target
  if (`${formatPath(to)}/`.startsWith(`${formatPath(from)}/`))
    throw new TransferError('bad_request', `${quote(from)} cannot be moved into itself`)
  const isBeside = formatPath(parentPath(from)) === formatPath(parentPath(to))
  const attemptMove = (): string | undefined =>
    exclusive(() => {
      const what = moving()
      requireVersion(what, { path: from, ifVersion, rootDevice: home.rootDevice })
      for (const name of namesFor(target, ifExists)) {
        const found = attempt(to, () => fs.find(fresh.at(name)))
        const listed = found && fs.spelling(fresh.self, name)
        // Where the file system folds names, another spelling finds the very file that is to be moved.
        const isRespelled = isBeside && listed === source && name !== source
        const existing = isRespelled ? undefined : found
        const verdict = existing && judgeMove(existing, what, to, ifExists)
        if (verdict === 'rename') continue
        if (verdict !== undefined) requireOwnSpelling(fresh, name)
        if (verdict === 'keep') return undefined
        // Throws before anything happens if a new number makes the path too long.
        const end = siblingPath(to, name)
        onChange?.(existing ? { bytes: -sizeOf(existing), files: -1 } : { bytes: 0, files: 0 })
        if (isRespelled) attempt(from, () => respell(fresh, source, name))
        else attempt(from, () => fs.rename(old.at(source), fresh.at(name)))
        if (what.isDirectory()) partials.moved(home.fromRoot(from), home.fromRoot(end))
        return name
      }
      throw new TransferError('exists', `${quote(to)} already exists`)
    })
  const given = await whileInUse(attemptMove)
  await sync(fresh, to)
  await sync(old, from)
  return given
}

/** @throws TransferError `exists` */
function judgeMove(existing: Stats, moving: Stats, to: RemotePath, ifExists: IfExists): Verdict {
  const verdict = judge(ifExists, toEntry('', existing), toEntry('', moving))
  if (verdict === 'rename') return verdict
  if (existing.isDirectory()) throw new TransferError('exists', `${quote(to)} is an existing directory`)
  if (verdict === 'replace') requireReplaceable(to, toEntry('', existing).type)
  if (verdict === 'refuse' || moving.isDirectory())
    throw new TransferError('exists', `${quote(to)} already exists`)
  return verdict
}
