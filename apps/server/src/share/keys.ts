import { TransferError } from '@ftp/protocol'
import { fingerprintOf } from '../state/public-key.ts'
import type { PublicKeys } from '../state/public-keys.ts'
import type { Credential } from './account-shares.ts'

/**
 * A public key as a credential, for as long as the account has it.
 * @param key as SSH sends it; a signature with its private key has been verified
 */
export function keyCredential(keys: PublicKeys, key: Uint8Array): Credential {
  const fingerprint = fingerprintOf(key)
  return {
    name: `key ${fingerprint}`,
    async restrict(account) {
      if ((await keys.find(account.name, fingerprint)) === undefined)
        throw new TransferError('login', `the key ${fingerprint} is not one of ${account.name}'s`)
      return account
    },
  }
}
