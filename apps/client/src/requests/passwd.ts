import { randomBytes } from 'node:crypto'
import { deriveKeys, PASSWORD_ITERATIONS, requireNewPassword, SALT_BYTES, verifierOf } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/**
 * Changes the password of the account that is logged in. The server receives only what it needs to verify the
 * password.
 * @throws TransferError `bad_request` if the password is too short, `forbidden` for `anonymous`
 */
export async function passwd(session: Session, password: string): Promise<void> {
  const keys = await deriveKeys(requireNewPassword(password), randomBytes(SALT_BYTES), PASSWORD_ITERATIONS)
  const { salt, iterations, storedKey, serverKey } = verifierOf(keys)
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  const verifier = { salt: hex(salt), iterations, storedKey: hex(storedKey), serverKey: hex(serverKey) }
  await session.run(({ connection }) => connection.request({ type: 'passwd', ...verifier }).expect('done'))
}
