import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { deriveKeys, STATE_NAME } from '@ftp/protocol'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { sqliteState } from '../../apps/server/src/databases/sqlite/state.ts'
import type { LoginState } from '../../apps/server/src/share/logins.ts'
import { Passwords } from '../../apps/server/src/share/passwords.ts'
import type { CredentialStores } from '../../apps/server/src/share/share.ts'
import { PasswordDesk } from '../../apps/server/src/threads/password-desk.ts'
import { ThreadPasswords } from '../../apps/server/src/threads/thread-passwords.ts'

/** The tokens and share links in a state. */
export function credentialsIn(database: DatabaseSync): CredentialStores {
  const { tokens, links } = sqliteState(database)
  return { tokens, links, hasWeb: true }
}

/** Runs an action on the tokens and share links of a server, which may be running. */
export async function withCredentials<T>(
  root: string,
  action: (credentials: CredentialStores) => Promise<T>,
): Promise<T> {
  using database = openDatabase(path.join(root, STATE_NAME, 'state.db'))
  return await action(credentialsIn(database))
}

/** What clients log in with, for a server without other threads. @param derive observes each derivation */
export function loginStateOf(database: DatabaseSync, derive = deriveKeys): LoginState {
  const desk = new PasswordDesk()
  const thread = {
    post(message: Parameters<Parameters<PasswordDesk['forget']>[0]['post']>[0]): void {
      if (message.type === 'password-turn') queue.receive(message)
    },
  }
  const queue = new ThreadPasswords((message) => {
    if (message.type === 'password-ask')
      desk.ask({ thread, ticket: message.ticket }, message.tag, message.source)
    else if (message.type === 'password-end') desk.end(thread, message.ticket, message.result)
  })
  return {
    ...sqliteState(database),
    hasWeb: true,
    passwords: new Passwords(queue, randomBytes(32), derive),
  }
}
