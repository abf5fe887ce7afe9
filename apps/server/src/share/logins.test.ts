import type { DatabaseSync } from 'node:sqlite'
import { Hasher } from '@ftp/md5'
import { deriveKeys, TransferError } from '@ftp/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountRecord, PASSWORD, testVerifier } from '../../../../test/support/accounts.ts'
import { loginStateOf } from '../../../../test/support/login-state.ts'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { type OpenStorage, openStorage } from '../open-storage.ts'
import type { AccountRecord } from '../state/accounts.ts'
import type { AuditEvent } from '../state/audit.ts'
import { openDatabase } from '../state/database.ts'
import { Digests } from '../state/digests.ts'
import { Quotas } from '../state/quotas.ts'
import { type Login, type LoginState, Logins } from './logins.ts'
import type { ClientOrigin } from './origin.ts'
import { WrongPassword } from './passwords.ts'
import { Rates } from './rates.ts'

const WEB: ClientOrigin = { address: '192.0.2.1', source: '192.0.2.1', door: 'web' }
const NEW_TOKEN = { account: 'anna', name: 'laptop', permissions: undefined, expires: undefined }

let verifier: AccountRecord['verifier']
const hasher = new Hasher(2)
beforeAll(async () => {
  verifier = await testVerifier()
})
afterAll(() => hasher[Symbol.dispose]())

let folder: TempDir
let database: DatabaseSync
let opened: OpenStorage
let state: LoginState
let logins: Logins
let events: AuditEvent[]
/** The passwords that were derived. */
let derived: string[]
beforeEach(() => {
  folder = new TempDir()
  database = openDatabase(folder.at('state.db'))
  opened = openStorage(folder.folder('root'), database, { thread: 1 })
  events = []
  derived = []
  state = loginStateOf(database, (password, salt, iterations) => {
    derived.push(password)
    // The real number of iterations, for invented users, would only take longer.
    return deriveKeys(password, salt, Math.min(iterations, verifier.iterations))
  })
  logins = new Logins(state, 'none', {
    ...opened,
    hasher,
    digests: new Digests(database),
    leases: { acquire: () => Promise.reject(new Error('not needed')) },
    audit: { record: (event) => events.push(event) },
    quotas: new Quotas(database),
    countHome: async () => {},
    writable: async () => {},
    rates: new Rates(Rates.memory()),
  })
  state.accounts.add(accountRecord('anna', { verifier }))
})
afterEach(() => {
  opened[Symbol.dispose]()
  database.close()
  folder[Symbol.dispose]()
})

function change(changes: Partial<AccountRecord>): void {
  state.accounts.set(accountRecord('anna', { verifier, ...changes }))
}

/** Resolves with the code of the refusal, or its name if it is a wrong password. */
async function refusalOf(login: Promise<unknown>): Promise<string> {
  const error = await login.then(
    () => new TransferError('internal', 'it was let in'),
    (error: unknown) => TransferError.from(error),
  )
  return error instanceof WrongPassword ? 'wrong' : error.code
}

function enter(password = PASSWORD, user = 'anna'): Promise<Login> {
  return logins.enterWithPassword(user, password, WEB)
}

describe('a password in clear', () => {
  it('logs in to the account, however the name is written, and the audit trail tells the door', async () => {
    const login = await enter(PASSWORD, 'ANNA')
    expect((await login.share()).account.name).toBe('anna')
    expect(events).toEqual([
      {
        account: 'anna',
        address: '192.0.2.1',
        door: 'web',
        credential: undefined,
        action: 'login',
        outcome: 'ok',
      },
    ])
  })

  it('is derived once for every user who exists, and once for every one who does not', async () => {
    state.accounts.add(accountRecord('otto', { verifier, enabled: false }))
    state.accounts.add(accountRecord('eva', { verifier, doors: ['ftx'] }))
    for (const user of ['anna', 'otto', 'eva', 'ghost', '', 'x'.repeat(5_000)]) {
      derived = []
      expect(await refusalOf(enter('a wrong one', user)), user).toBe('wrong')
      expect(derived, user).toEqual(['a wrong one'])
      // Wrong ones are not remembered: it costs as much again.
      expect(await refusalOf(enter('a wrong one', user)), user).toBe('wrong')
      expect(derived, user).toHaveLength(2)
    }
  })

  it('is derived for a disabled account, or one without this door, before either is told', async () => {
    for (const changes of [{ enabled: false }, { doors: ['ftx', 'sftp'] }] as const) {
      change(changes)
      derived = []
      expect(await refusalOf(enter('wrong'))).toBe('wrong')
      expect(await refusalOf(enter())).toBe('login')
      expect(derived).toEqual(['wrong', PASSWORD])
    }
  })

  it('that no account can have is refused without being derived, for any user', async () => {
    for (const user of ['anna', 'ghost'])
      for (const password of ['', 'a\0b', 'x'.repeat(1_025), '\ud800'])
        expect(await refusalOf(enter(password, user))).toBe('wrong')
    expect(derived).toEqual([])
  })

  it('is remembered, until anything about the account changes', async () => {
    for (let times = 0; times < 3; times++) await enter()
    expect(derived).toHaveLength(1)
    change({ permissions: ['read'] })
    for (let times = 0; times < 3; times++) await enter()
    expect(derived).toHaveLength(2)
    // As another process does it.
    database.prepare("UPDATE accounts SET rate = 9000 WHERE name = 'anna'").run()
    await enter()
    expect(derived).toHaveLength(3)
  })

  it('that has been replaced is refused from then on, remembered or not', async () => {
    const login = await enter()
    await login.share()
    state.accounts.setVerifier('anna', await testVerifier('another one'))
    expect(await refusalOf(login.share())).toBe('login')
    expect(await refusalOf(enter())).toBe('wrong')
    await enter('another one')
  })

  it('that is replaced while it is checked does not log in', async () => {
    const other = await testVerifier('another one')
    const checking = enter()
    state.accounts.setVerifier('anna', other)
    expect(await refusalOf(checking)).toBe('login')
  })

  it('is refused as busy, not as wrong, if too many wait', async () => {
    const all = Array.from({ length: 20 }, (_, index) => refusalOf(enter(`guess ${index}`)))
    const answers = await Promise.all(all)
    expect(answers.filter((answer) => answer === 'wrong')).toHaveLength(9)
    expect(answers.filter((answer) => answer === 'busy')).toHaveLength(11)
    expect(derived).toHaveLength(9)
  })

  it('that many send at once is derived once', async () => {
    await Promise.all(Array.from({ length: 100 }, () => enter()))
    expect(derived).toHaveLength(1)
  })

  it('is not waited for by a client that has gone', async () => {
    const gone = new AbortController()
    const first = enter('one')
    const second = logins.enterWithPassword('anna', 'two', WEB, gone.signal)
    const third = enter('three')
    gone.abort(new TransferError('lost', 'the client has gone'))
    expect(await Promise.all([first, second, third].map(refusalOf))).toEqual(['wrong', 'lost', 'wrong'])
    expect(derived).toEqual(['one', 'three'])
  })

  it('does not end an account whose door is closed to it while it is logged in, but its next request', async () => {
    const login = await enter()
    change({ doors: ['ftx'] })
    expect(await refusalOf(login.share())).toBe('login')
    change({ doors: ['web'] })
    await login.share()
  })
})

describe('a token', () => {
  it('logs in to its own account, without a derivation, under its name in the audit trail', async () => {
    const token = state.tokens.add(NEW_TOKEN)
    const share = await (await enter(token)).share()
    expect(share).toMatchObject({ credential: 'token laptop', door: 'web', account: { name: 'anna' } })
    expect(events).toEqual([expect.objectContaining({ credential: 'token laptop', outcome: 'ok' })])
    expect(derived).toEqual([])
    expect(state.tokens.find(token)?.used).toBeDefined()
  })

  it('is no guess at a password if it is not valid, whoever it is for', async () => {
    const token = state.tokens.add(NEW_TOKEN)
    state.accounts.add(accountRecord('otto'))
    for (const [user, password] of [
      ['otto', token],
      ['ghost', token],
      ['', token],
      ['anna', `ftpt_${'0'.repeat(31)}`],
    ] as const)
      expect(await refusalOf(enter(password, user)), user).toBe('login')
    expect(derived).toEqual([])
  })

  it('gives the rights that it and the account have now', async () => {
    const token = state.tokens.add({ ...NEW_TOKEN, permissions: ['list', 'read', 'delete'] })
    const login = await enter(token)
    const rights = async (): Promise<readonly string[]> => (await login.share()).account.permissions
    expect(await rights()).toEqual(['list', 'read', 'delete'])
    change({ permissions: ['read', 'write'] })
    expect(await rights()).toEqual(['read'])
    change({ permissions: [] })
    expect(await rights()).toEqual([])
  })

  it('ends with its removal, its expiry, its account, and the account being disabled', async () => {
    const token = state.tokens.add(NEW_TOKEN)
    const login = await enter(token)
    change({ enabled: false })
    expect(await refusalOf(login.share())).toBe('login')
    expect(await refusalOf(enter(token))).toBe('login')
    change({ enabled: true })
    await login.share()
    state.tokens.remove('anna', 'laptop')
    expect(await refusalOf(login.share())).toBe('login')
    expect(await refusalOf(enter(token))).toBe('login')

    const short = state.tokens.add({ ...NEW_TOKEN, name: 'short', expires: Date.now() * 1_000 - 1 })
    expect(await refusalOf(enter(short))).toBe('login')

    const last = state.tokens.add({ ...NEW_TOKEN, name: 'last' })
    const other = await enter(last)
    state.accounts.remove('anna')
    state.accounts.add(accountRecord('anna'))
    expect(await refusalOf(other.share())).toBe('login')
  })

  it('outlives a new password', async () => {
    const token = state.tokens.add(NEW_TOKEN)
    const login = await enter(token)
    state.accounts.setVerifier('anna', await testVerifier('another one'))
    await login.share()
    await enter(token)
  })
})
