import type { DatabaseSync } from 'node:sqlite'
import { scratchFiles } from '@ftp/files'
import { Hasher } from '@ftp/md5'
import { deriveKeys, type ScramVerifier, TransferError } from '@ftp/protocol'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { Digests } from '../../apps/server/src/databases/sqlite/digests.ts'
import { Quotas } from '../../apps/server/src/databases/sqlite/quotas.ts'
import { type OpenStorage, openStorage } from '../../apps/server/src/open-storage.ts'
import { countHome } from '../../apps/server/src/share/count-home.ts'
import { type Login, type LoginState, Logins } from '../../apps/server/src/share/logins.ts'
import type { ClientOrigin } from '../../apps/server/src/share/origin.ts'
import { WrongPassword } from '../../apps/server/src/share/passwords.ts'
import { Rates } from '../../apps/server/src/share/rates.ts'
import type { AccountRecord } from '../../apps/server/src/state/accounts.ts'
import type { AuditEvent } from '../../apps/server/src/state/audit-event.ts'
import { accountRecord, PASSWORD, testVerifier } from './accounts.ts'
import { loginStateOf } from './login-state.ts'
import { TempDir } from './temp-dir.ts'

/** Where the clients of these tests come from. */
export const WEB: ClientOrigin = { address: '192.0.2.1', source: '192.0.2.1', door: 'web' }

const hasher = new Hasher()

/** The logins of a server without its doors, with one account, `anna`. Disposing of it removes everything. */
export class LoginFixture implements Disposable {
  readonly folder: TempDir
  readonly root: string
  readonly database: DatabaseSync
  readonly state: LoginState
  readonly logins: Logins
  readonly events: AuditEvent[] = []
  /** The passwords from which keys were derived. */
  readonly derived: string[] = []
  readonly #verifier: ScramVerifier
  readonly #opened: OpenStorage

  private constructor(verifier: ScramVerifier) {
    this.folder = new TempDir()
    this.root = this.folder.folder('root')
    this.database = openDatabase(this.folder.at('state.db'))
    this.#opened = openStorage(this.root, this.database, { thread: 1, fs: scratchFiles })
    this.#verifier = verifier
    this.state = loginStateOf(this.database, (password, salt, iterations) => {
      this.derived.push(password)
      // The real number of iterations, for invented users, would only take longer.
      return deriveKeys(password, salt, Math.min(iterations, verifier.iterations))
    })
    const quotas = new Quotas(this.database)
    const { storage, uploads } = this.#opened
    this.logins = new Logins(this.state, 'read', {
      ...this.#opened,
      hasher,
      digests: new Digests(this.database),
      leases: { acquire: async () => ({ signal: new AbortController().signal, [Symbol.dispose]() {} }) },
      audit: { record: (event) => this.events.push(event) },
      quotas,
      countHome: async (home) => void (await countHome({ storage, uploads, quotas }, home)),
      writable: async () => {},
      rates: new Rates(Rates.memory()),
    })
  }

  static async open(): Promise<LoginFixture> {
    const verifier = await testVerifier()
    const fixture = new LoginFixture(verifier)
    await fixture.state.accounts.add(accountRecord('anna', { verifier }))
    return fixture
  }

  /** Changes the account. What is not mentioned is as in {@link accountRecord}. */
  async change(changes: Partial<AccountRecord>): Promise<void> {
    const changed = accountRecord('anna', { verifier: this.#verifier, ...changes })
    await this.state.accounts.change('anna', () => changed)
  }

  /** Gives the account another password. */
  async setPassword(password: string): Promise<void> {
    await this.state.accounts.setVerifier('anna', await testVerifier(password))
  }

  /** Logs in with a password or token. */
  enter(password = PASSWORD, user = 'anna'): Promise<Login> {
    return this.logins.enterWithPassword(user, password, WEB)
  }

  [Symbol.dispose](): void {
    this.#opened[Symbol.dispose]()
    this.database.close()
    this.folder[Symbol.dispose]()
  }
}

/** Resolves with the code of a refusal; `wrong` for a wrong password. */
export async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => new TransferError('internal', 'it was not refused'),
    (error: unknown) => TransferError.from(error),
  )
  return error instanceof WrongPassword ? 'wrong' : error.code
}
