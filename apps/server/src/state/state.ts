import type { Accounts } from './accounts.ts'
import type { Links } from './links.ts'
import type { PublicKeys } from './public-keys.ts'
import type { SessionRecords } from './sessions.ts'
import type { Tokens } from './tokens.ts'

/**
 * What the server knows about those who may log in. Each call is one transaction. All times are microseconds since 1970;
 * where a time is optional, the default is now.
 */
export interface State {
  readonly accounts: Accounts
  readonly publicKeys: PublicKeys
  readonly tokens: Tokens
  readonly links: Links
  readonly sessions: SessionRecords
}
