import type { Session } from '../session/session.ts'
import { newVerifier } from './verifier.ts'

/**
 * Changes the password of the account that is logged in. The server receives only what it needs to verify the
 * password.
 * @throws TransferError `bad_request` if the password is too short, `forbidden` for `anonymous`
 */
export async function passwd(session: Session, password: string): Promise<void> {
  const verifier = await newVerifier(password)
  await session.run(({ connection }) => connection.request({ type: 'passwd', ...verifier }).expect('done'))
}
