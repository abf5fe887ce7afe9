import { describe } from 'vitest'
import { describeAccounts } from './accounts.contract.ts'
import type { OpenState } from './fixture.contract.ts'
import { describeLinks } from './links.contract.ts'
import { describePublicKeys } from './public-keys.contract.ts'
import { describeSessions } from './sessions.contract.ts'
import { describeTokens } from './tokens.contract.ts'

/** What the interfaces in `state/` say in prose, as tests that every database must pass. */
export function describeState(name: string, open: OpenState): void {
  describe(`${name}: accounts`, () => describeAccounts(open))
  describe(`${name}: public keys`, () => describePublicKeys(open))
  describe(`${name}: tokens`, () => describeTokens(open))
  describe(`${name}: links`, () => describeLinks(open))
  describe(`${name}: sessions`, () => describeSessions(open))
}
