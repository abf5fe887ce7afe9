import { TransferError } from '@ftp/protocol'
import ssh2, { type ParsedKey } from 'ssh2'

/** @throws TransferError `io` if this is no private key */
export function parseHostKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text)
  if (key instanceof Error || !key.isPrivateKey())
    throw new TransferError('io', 'the host key of SSH is damaged; restore it from a backup')
  return key
}
