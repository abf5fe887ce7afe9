import path from 'node:path'
import { deriveKeys, HOME, PERMISSIONS, STATE_NAME, verifierOf } from '@ftp/protocol'
import { type AccountRecord, Accounts } from '../../apps/server/src/state/accounts.ts'
import { openDatabase } from '../../apps/server/src/state/database.ts'

/** The fewest iterations that a client accepts, because tests log in often. */
const ITERATIONS = 100_000

/** The password of every account that a test makes, unless the test gives another one. */
export const PASSWORD = 'correct horse'

/** Runs an action on the accounts of a server, as `ftp-server user` does. The server may be running. */
export function withAccounts<T>(root: string, action: (accounts: Accounts) => T): T {
  using database = openDatabase(path.join(root, STATE_NAME, 'state.db'))
  return action(new Accounts(database))
}

/** Makes an account. By default it has all rights, the whole root as its home, and no quota. */
export async function addAccount(
  root: string,
  name: string,
  changes: Partial<AccountRecord> = {},
  password = PASSWORD,
): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const verifier = verifierOf(await deriveKeys(password, salt, ITERATIONS))
  const account: AccountRecord = {
    name,
    verifier,
    home: HOME,
    permissions: PERMISSIONS,
    quota: { bytes: undefined, files: undefined },
    rate: undefined,
    enabled: true,
    created: 0,
    ...changes,
  }
  withAccounts(root, (accounts) => accounts.add(account))
}

/** Changes an account. @throws Error if there is none with this name */
export function setAccount(root: string, name: string, changes: Partial<AccountRecord>): void {
  withAccounts(root, (accounts) => {
    const account = accounts.find(name)
    if (account === undefined) throw new Error(`there is no account ${name}`)
    accounts.set({ ...account, ...changes })
  })
}
