import { TransferError } from '@ftp/protocol'
import type { Account, AccountRecord } from '../state/accounts.ts'
import type { Tokens } from '../state/tokens.ts'
import type { Credential } from './account-shares.ts'

/**
 * A token as a credential. It gives the rights that both the token and the account have, for as long as the
 * token exists and has not expired.
 * @throws TransferError `login` if the token is not valid for this account, or not at all
 */
export async function tokenCredential(tokens: Tokens, token: string, account: string): Promise<Credential> {
  const requireValid = async () => {
    const record = await tokens.find(token)
    // The words are the same in every case, so that nobody learns whether a token exists.
    if (record?.account !== account)
      throw new TransferError('login', 'this token is not valid, or is no longer valid')
    return record
  }
  return {
    name: `token ${(await requireValid()).name}`,
    async restrict(now: AccountRecord): Promise<Account> {
      const { permissions } = await requireValid()
      if (permissions === undefined) return now
      return { ...now, permissions: now.permissions.filter((permission) => permissions.includes(permission)) }
    },
  }
}
