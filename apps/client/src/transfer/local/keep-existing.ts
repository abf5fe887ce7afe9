import { verdictOn } from '@ftp/files'
import { type Compared, type IfExists, printable, TransferError } from '@ftp/protocol'
import { localDisk } from './local-disk.ts'
import { resolveLinks } from './partial-file.ts'

/**
 * Whether a policy leaves what stands where a file is to be: then it need not be fetched at all.
 * @param fresh what the file is like
 * @throws TransferError `exists` for the policy `fail`
 */
export function isKept(target: string, fresh: Compared, ifExists: IfExists): boolean {
  const verdict = verdictOn(localDisk, resolveLinks(target, localDisk), ifExists, () => fresh)
  if (verdict === 'refuse') throw new TransferError('exists', `"${printable(target)}" already exists`)
  return verdict === 'keep'
}
