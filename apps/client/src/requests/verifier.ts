import { randomBytes } from 'node:crypto'
import { deriveKeys, PASSWORD_ITERATIONS, requireNewPassword, SALT_BYTES, verifierOf } from '@ftp/protocol'

/** What a server needs to verify a password, in hex. */
export interface SentVerifier {
  readonly salt: string
  readonly iterations: number
  readonly storedKey: string
  readonly serverKey: string
}

/**
 * Derives the verifier of a new password, so that the server does not see the password.
 * @throws TransferError `bad_request` if the password is too short
 */
export async function newVerifier(password: string): Promise<SentVerifier> {
  const keys = await deriveKeys(requireNewPassword(password), randomBytes(SALT_BYTES), PASSWORD_ITERATIONS)
  const { salt, iterations, storedKey, serverKey } = verifierOf(keys)
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  return { salt: hex(salt), iterations, storedKey: hex(storedKey), serverKey: hex(serverKey) }
}
