import { userInfo } from 'node:os'
import type { DatabaseSync } from 'node:sqlite'
import type { AccountRecord } from '../state/accounts.ts'
import { type OperatorAction, recordNow } from '../state/audit.ts'
import { describeAccount } from './user-text.ts'

/** Records a change by a person on the server's own machine in the audit trail. */
export function recordByOperator(
  database: DatabaseSync,
  action: OperatorAction,
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
