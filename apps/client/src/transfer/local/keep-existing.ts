import path from 'node:path'
import { verdictOn } from '@ftp/files'
import { type Compared, type IfExists, printable, TransferError } from '@ftp/protocol'
import { localDisk } from './local-disk.ts'
import { LocalFolder } from './local-folder.ts'
import { resolveLinks } from './partial-file.ts'

/**
 * Whether the policy leaves the existing target as it is, so that the file need not be fetched at all.
 * @param fresh the size and time of the file that would replace it
 * @throws TransferError `exists` if the target exists and the policy is `fail`
 */
export function isKept(target: string, fresh: Compared, ifExists: IfExists): boolean {
  const resolved = resolveLinks(target, localDisk)
  const folder = new LocalFolder(path.dirname(resolved), localDisk)
  const verdict = verdictOn(folder, path.basename(resolved), ifExists, () => fresh)
  if (verdict === 'refuse') throw new TransferError('exists', `"${printable(target)}" already exists`)
  return verdict === 'keep'
}
