import { TransferError } from '@ftp/protocol'
import { accountRecord } from '../../../../../test/support/accounts.ts'
import type { State } from '../../state/state.ts'

/** A time in microseconds since 1970. */
export const NOW = 1_700_000_000_000_000
export const [MINUTE, DAY] = [60_000_000, 86_400_000_000]

/** A state of its own, with the accounts `anna` and `otto`. */
export interface StateFixture extends AsyncDisposable {
  readonly state: State
  /** Another server's view of the same state. */
  another(): State
  /** All values in a table, as the database stores them, as JSON. */
  contentOf(table: string): Promise<string>
  /** The number of rows in a table. */
  count(table: string): Promise<number>
  /** The actions and accounts in the audit trail, oldest first. */
  recorded(): Promise<readonly string[]>
}

export type OpenState = () => Promise<StateFixture>

/** Adds the two accounts. */
export async function populate({ accounts }: State): Promise<void> {
  for (const name of ['anna', 'otto']) await accounts.add(accountRecord(name))
}

/** Resolves with the code of the error with which an attempt fails. */
export async function codeOf(attempt: Promise<unknown>): Promise<string> {
  return await attempt.then(
    () => 'none',
    (error: unknown) => TransferError.from(error).code,
  )
}

/** An event of the operator. */
export function eventAbout(account: string, action: 'user-add' | 'user-set' | 'user-remove' | 'token-add') {
  return { account, address: 'local:root', action, outcome: 'ok' } as const
}
