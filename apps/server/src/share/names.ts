import { type RemotePath, requirePortable } from '@ftp/protocol'
import type { Share } from './share.ts'

/**
 * Refuses names that should not be created: those that some system, above all Windows, could not store, unless
 * this server's operator permits them.
 * @throws TransferError `name`
 */
export function requireStorable({ anyNames = false }: Pick<Share, 'anyNames'>, path: RemotePath): void {
  if (!anyNames) requirePortable(path)
}
