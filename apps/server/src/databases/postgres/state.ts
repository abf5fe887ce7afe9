import type { State } from '../../state/state.ts'
import { PostgresAccounts } from './accounts.ts'
import { PostgresLinks } from './links.ts'
import type { PostgresDatabase } from './postgres-database.ts'
import { PostgresPublicKeys } from './public-keys.ts'
import { PostgresSessions } from './sessions.ts'
import { PostgresTokens } from './tokens.ts'

/** The state in a database, which several servers share. Its times are those of the database's clock. */
export function postgresState(database: PostgresDatabase): State {
  return {
    accounts: new PostgresAccounts(database),
    publicKeys: new PostgresPublicKeys(database),
    tokens: new PostgresTokens(database),
    links: new PostgresLinks(database),
    sessions: new PostgresSessions(database),
  }
}
