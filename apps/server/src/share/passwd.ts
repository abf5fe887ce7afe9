import { ANONYMOUS, PASSWORD_ITERATIONS, type ScramVerifier, TransferError } from '@ftp/protocol'
import { audited } from './audit.ts'
import { requireOwner, type Share } from './share.ts'

/**
 * Sets a new password for this account. Every client that is logged in with the old one, including this one,
 * has to log in again.
 * @param verifier derived from the new password, which the server never sees
 * @throws TransferError `bad_request` if the verifier uses another number of iterations
 */
export async function passwd(share: Share, verifier: ScramVerifier): Promise<void> {
  await audited(share, { action: 'passwd' }, async () => {
    if (share.account.name === ANONYMOUS)
      throw new TransferError('forbidden', 'the anonymous account has no password')
    requireOwner(share)
    // A different number would distinguish this account from the invented verifiers of names without an
    // account.
    if (verifier.iterations !== PASSWORD_ITERATIONS)
      throw new TransferError('bad_request', `passwords are kept with ${PASSWORD_ITERATIONS} iterations`)
    await share.setVerifier(verifier)
  })
}
