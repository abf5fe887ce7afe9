import { createHmac } from 'node:crypto'
import { PASSWORD_ITERATIONS, SALT_BYTES } from '@ftp/protocol'
import type { StoredVerifier } from '../state/accounts.ts'

/**
 * The verifier of a user who does not exist. It is always the same for a name, cannot be distinguished from a
 * real one, and fits no password.
 * @param secret random bytes of this server, which survive a restart
 */
export function inventVerifier(secret: Uint8Array, name: string): StoredVerifier {
  const made = (what: string): Buffer => createHmac('sha256', secret).update(`${what} ${name}`).digest()
  return {
    salt: made('salt').subarray(0, SALT_BYTES),
    iterations: PASSWORD_ITERATIONS,
    storedKey: made('stored key'),
    serverKey: made('server key'),
    generation: '',
  }
}
