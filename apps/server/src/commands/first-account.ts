import { userInfo } from 'node:os'
import path from 'node:path'
import { foldUserName, HOME, PERMISSIONS, userNameProblem } from '@ftp/protocol'
import { openDatabase } from '../databases/sqlite/database.ts'
import { sqliteState } from '../databases/sqlite/state.ts'
import { newVerifier } from '../state/accounts.ts'
import { DOORS } from '../state/door-name.ts'
import { inventPassword } from './new-password.ts'
import { accountEvent } from './operator.ts'

/** The login data for the person who has started a server. */
export interface FirstAccount {
  readonly name: string
  readonly password: string
}

/**
 * Creates an account with all rights to the whole root, for the person who starts a server without accounts.
 * @param state the server's state folder
 * @returns undefined if there already are accounts
 */
export async function makeFirstAccount(state: string): Promise<FirstAccount | undefined> {
  using database = openDatabase(path.join(state, 'state.db'))
  const { accounts } = sqliteState(database)
  if ((await accounts.list()).length > 0) return undefined
  const [name, password] = [nameOfPerson(), inventPassword()]
  const account = {
    name,
    verifier: await newVerifier(password),
    home: HOME,
    permissions: PERMISSIONS,
    quota: { bytes: undefined, files: undefined },
    rate: undefined,
    doors: DOORS,
    enabled: true,
    clearFtp: false,
    created: Date.now() * 1_000,
  }
  await accounts.add(account, accountEvent('user-add', account))
  return { name, password }
}

/** The person's user name on this machine, if it is a valid account name. */
function nameOfPerson(): string {
  try {
    const name = foldUserName(userInfo().username)
    if (name !== 'root' && userNameProblem(name) === undefined) return name
  } catch {
    // The user has no name, as in a container.
  }
  return 'admin'
}
