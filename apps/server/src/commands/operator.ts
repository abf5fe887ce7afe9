import { userInfo } from 'node:os'
import type { DatabaseSync } from 'node:sqlite'
import { foldUserName, printable, TransferError } from '@ftp/protocol'
import type { Accounts } from '../databases/sqlite/accounts.ts'
import { recordNow } from '../databases/sqlite/audit.ts'
import type { AccountRecord } from '../state/accounts.ts'
import type { AuditEvent } from '../state/audit-event.ts'
import { describeAccount } from './user-text.ts'

/** @throws TransferError `not_found` if there is no account with this name */
export function requireAccount(accounts: Accounts, typed: string): AccountRecord {
  const account = accounts.find(foldUserName(typed))
  if (account === undefined)
    throw new TransferError(
      'not_found',
      `there is no account "${printable(typed)}"; list them with: ftp-server user list`,
    )
  return account
}

/** Records a change by a person on the server's own machine in the audit trail. */
export function recordByOperator(
  database: DatabaseSync,
  action: AuditEvent['action'],
  account: AccountRecord | undefined,
  detail = account && describeAccount(account),
): void {
  recordNow(database, {
    account: account?.name ?? '',
    address: `local:${nameOfOperator()}`,
    action,
    detail,
    outcome: 'ok',
  })
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
