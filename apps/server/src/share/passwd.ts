import { ANONYMOUS, PASSWORD_ITERATIONS, type ScramVerifier, TransferError } from '@ftp/protocol'
import { audited } from './audit.ts'
import type { Share } from './share.ts'

/**
 * Gives this account another password. Whoever is logged in with the old one has to log in again, this client too.
 * @param verifier of the new one: the server does not see the password
 */
export async function passwd(share: Share, verifier: ScramVerifier): Promise<void> {
  await audited(share, { action: 'passwd' }, async () => {
    if (share.account.name === ANONYMOUS)
      throw new TransferError('forbidden', 'who is anonymous has no password')
    // Another number would tell accounts from names that have none.
    if (verifier.iterations !== PASSWORD_ITERATIONS)
      throw new TransferError('bad_request', `passwords are kept with ${PASSWORD_ITERATIONS} iterations`)
    await share.writable()
    share.setVerifier(verifier)
  })
}
