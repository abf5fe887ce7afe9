import { userInfo } from 'node:os'
import type { DatabaseSync } from 'node:sqlite'
import type { AccountRecord } from '../state/accounts.ts'
import { type OperatorAction, recordNow } from '../state/audit.ts'
import { describeAccount } from './user-text.ts'

/** Puts into the audit trail what somebody on the server's own machine has changed. */
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

/** Who runs this command, by the name they have on this machine. */
function nameOfOperator(): string {
  try {
    return userInfo().username
  } catch {
    // A user without a name, as in a container.
    return 'unknown'
  }
}
