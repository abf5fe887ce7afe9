import path from 'node:path'
import { HOME, PERMISSIONS, type ScramVerifier, STATE_NAME, verifierOf } from '@ftp/protocol'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { sqliteState } from '../../apps/server/src/databases/sqlite/state.ts'
import type { AccountRecord, Accounts } from '../../apps/server/src/state/accounts.ts'
import { DOORS } from '../../apps/server/src/state/door-name.ts'
import { keysOf } from './keys.ts'

/** The fewest iterations that a client accepts, because tests log in often. */
const ITERATIONS = 100_000
/**
 * Few, so that keys are seldom derived again, but more than one, so that an account that is made anew has another
 * verifier.
 */
const SALTS = 4
let made = 0

/** The password of every account that a test makes, unless the test gives another one. */
export const PASSWORD = 'correct horse'

/** Runs an action on the accounts of a server, as `ftp-server user` does. The server may be running. */
export async function withAccounts<T>(root: string, action: (accounts: Accounts) => Promise<T>): Promise<T> {
  using database = openDatabase(path.join(root, STATE_NAME, 'state.db'))
  return await action(sqliteState(database).accounts)
}

/**
 * An account with all rights, the whole root as its home, and no quota. Nobody can log in with a password
 * unless the changes include a verifier.
 */
export function accountRecord(name: string, changes: Partial<AccountRecord> = {}): AccountRecord {
  const key = new Uint8Array(32)
  return {
    name,
    verifier: { salt: new Uint8Array(16), iterations: ITERATIONS, storedKey: key, serverKey: key },
    home: HOME,
    permissions: PERMISSIONS,
    quota: { bytes: undefined, files: undefined },
    rate: undefined,
    doors: DOORS,
    enabled: true,
    clearFtp: false,
    created: 0,
    ...changes,
  }
}

/** The verifier of a password, with the fewest iterations that a client accepts. */
export async function testVerifier(password = PASSWORD): Promise<ScramVerifier> {
  // No salt is zeros: tests set such a one, and it must count as that of another password.
  const salt = new Uint8Array(16).fill(1 + (made++ % SALTS))
  return verifierOf(await keysOf(password, salt, ITERATIONS))
}

/** Makes an account as {@link accountRecord}, with a password. */
export async function addAccount(
  root: string,
  name: string,
  changes: Partial<AccountRecord> = {},
  password = PASSWORD,
): Promise<void> {
  const account = accountRecord(name, { verifier: await testVerifier(password), ...changes })
  await withAccounts(root, (accounts) => accounts.add(account))
}

/** Changes an account. @throws Error if there is none with this name */
export async function setAccount(root: string, name: string, changes: Partial<AccountRecord>): Promise<void> {
  const account = await withAccounts(root, (accounts) =>
    accounts.change(name, (before) => ({ ...before, ...changes })),
  )
  if (account === undefined) throw new Error(`there is no account ${name}`)
}
