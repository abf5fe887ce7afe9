import { userInfo } from 'node:os'
import { foldUserName, printable, TransferError } from '@ftp/protocol'
import type { AccountRecord, Accounts } from '../state/accounts.ts'
import type { AuditEvent } from '../state/audit-event.ts'
import { describeAccount } from './user-text.ts'

/** @throws TransferError `not_found` if there is no account with this name */
export async function requireAccount(accounts: Accounts, typed: string): Promise<AccountRecord> {
  return requireFound(await accounts.find(foldUserName(typed)), typed)
}

/** @throws TransferError `not_found` if nothing was found under the name that somebody has typed */
export function requireFound(account: AccountRecord | undefined, typed: string): AccountRecord {
  if (account === undefined)
    throw new TransferError(
      'not_found',
      `there is no account "${printable(typed)}"; list them with: ftp-server user list`,
    )
  return account
}

/** The event for a change to an account that a person makes on the server's own machine. */
export function operatorEvent(action: AuditEvent['action'], account: string, detail: string): AuditEvent {
  return { account, address: `local:${nameOfOperator()}`, action, detail, outcome: 'ok' }
}

/** The same, for a change after which the account is as given. */
export function accountEvent(action: AuditEvent['action'], account: AccountRecord): AuditEvent {
  return operatorEvent(action, account.name, describeAccount(account))
}

/** The user name, on this machine, of the person who runs this command. */
function nameOfOperator(): string {
  try {
    return userInfo().username
  } catch {
    // The user has no name, as in a container.
    return 'unknown'
  }
}
