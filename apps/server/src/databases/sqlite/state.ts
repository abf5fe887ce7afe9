import type { DatabaseSync } from 'node:sqlite'
import type { State } from '../../state/state.ts'
import { SqliteAccounts } from './accounts.ts'
import { SqliteLinks } from './links.ts'
import { SqlitePublicKeys } from './public-keys.ts'
import { SqliteSessions } from './sessions.ts'
import { SqliteTokens } from './tokens.ts'
import { Writer } from './writer.ts'

/** The state in a database. @param writable as in {@link Writer} */
export function sqliteState(database: DatabaseSync, writable?: () => Promise<void>): State {
  const writer = new Writer(database, writable)
  return {
    accounts: new SqliteAccounts(database, writer),
    publicKeys: new SqlitePublicKeys(database, writer),
    tokens: new SqliteTokens(database, writer),
    links: new SqliteLinks(database, writer),
    sessions: new SqliteSessions(database, writer),
  }
}
