import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountRecord, PASSWORD } from '../../../../test/support/accounts.ts'
import { LoginFixture, refusalOf, WEB } from '../../../../test/support/login-fixture.ts'
import { sessionId } from './sessions.ts'

const [MINUTE, DAY] = [60_000_000, 86_400_000_000]

let fixture: LoginFixture
beforeEach(async () => {
  fixture = await LoginFixture.open()
})
afterEach(() => fixture[Symbol.dispose]())

/** @returns the cookie of a new session */
async function begin(): Promise<string> {
  return await fixture.logins.sessions.begin(await fixture.enter(), WEB)
}

describe('a session', () => {
  it('begins with the password, and gives the account without it', async () => {
    const cookie = await begin()
    expect(cookie).toMatch(/^ftps_[0-9a-z]{31}$/)
    expect(JSON.stringify(fixture.database.prepare('SELECT * FROM sessions').all())).not.toContain(cookie)
    const share = await (await fixture.logins.sessions.enter(cookie, WEB)).share()
    expect(share).toMatchObject({ account: { name: 'anna' }, door: 'web', credential: undefined })
    expect(fixture.derived).toEqual([PASSWORD])
    // Only the login is an event, not every request of the browser.
    expect(fixture.events).toHaveLength(1)
  })

  it('does not begin with a token, a session, or without an account', async () => {
    const { logins, state } = fixture
    const token = state.tokens.add({ account: 'anna', name: 't', permissions: undefined, expires: undefined })
    const others = [
      await fixture.enter(token),
      await logins.sessions.enter(await begin(), WEB),
      await logins.enterAnonymously(WEB),
    ]
    for (const login of others) expect(await refusalOf(logins.sessions.begin(login, WEB))).toBe('forbidden')
  })

  it('ends with a new password at once, and for good', async () => {
    const cookie = await begin()
    const login = await fixture.logins.sessions.enter(cookie, WEB)
    const before = fixture.state.accounts.find('anna')
    await fixture.setPassword('another one')
    expect(await refusalOf(login.share())).toBe('login')
    expect(await refusalOf(fixture.logins.sessions.enter(cookie, WEB))).toBe('login')
    if (before !== undefined) fixture.state.accounts.set(before)
    expect(await refusalOf(fixture.logins.sessions.enter(cookie, WEB))).toBe('login')
  })

  it('does not begin if the password is changed between the login and its first session', async () => {
    const login = await fixture.enter()
    await fixture.setPassword('another one')
    expect(await refusalOf(fixture.logins.sessions.begin(login, WEB))).toBe('login')
  })

  it('follows the account: its rights, its doors, and its end', async () => {
    const cookie = await begin()
    const login = await fixture.logins.sessions.enter(cookie, WEB)
    fixture.change({ permissions: ['list'] })
    expect((await login.share()).account.permissions).toEqual(['list'])
    fixture.change({ doors: ['ftx'] })
    expect(await refusalOf(login.share())).toBe('login')
    fixture.change({ enabled: false })
    expect(await refusalOf(fixture.logins.sessions.enter(cookie, WEB))).toBe('login')
    fixture.change({})
    await login.share()
    fixture.state.accounts.remove('anna')
    fixture.state.accounts.add(accountRecord('anna'))
    expect(await refusalOf(login.share())).toBe('login')
  })

  it('is ended by its owner alone', async () => {
    const [one, two] = [await begin(), await begin()]
    const login = await fixture.logins.sessions.enter(one, WEB)
    await fixture.logins.sessions.end(`${two}x`)
    await fixture.logins.sessions.end(one)
    expect(await refusalOf(login.share())).toBe('login')
    const share = await (await fixture.logins.sessions.enter(two, WEB)).share()
    const [session, ...others] = fixture.logins.sessions.list(share)
    expect(session).toMatchObject({ address: '192.0.2.1', id: sessionId(two) })
    expect(others).toEqual([])
    expect(await refusalOf(fixture.logins.sessions.endById(share, '0'.repeat(16)))).toBe('not_found')
    await fixture.logins.sessions.endById(share, sessionId(two))
    expect(await refusalOf(fixture.logins.sessions.enter(two, WEB))).toBe('login')
  })

  it('ends after a week without use, and after a month with it', () => {
    const { sessions, accounts } = fixture.state
    const salt = accounts.find('anna')?.verifier.salt ?? new Uint8Array()
    const began = 100 * DAY
    const idle = sessions.begin('anna', salt, '', began) ?? ''
    const used = sessions.begin('anna', salt, '', began) ?? ''
    expect(sessions.find(idle, began + 7 * DAY - 1)).toBeDefined()
    for (let day = 1; day < 30; day++) sessions.use(used, began + day * DAY)
    expect(sessions.find(idle, began + 7 * DAY)).toBeUndefined()
    expect(sessions.find(used, began + 30 * DAY - 1)).toBeDefined()
    expect(sessions.find(used, began + 30 * DAY)).toBeUndefined()
    expect(sessions.list('anna', began + 29 * DAY)).toHaveLength(1)
    sessions.forget(began + 7 * DAY)
    expect(fixture.database.prepare('SELECT * FROM sessions').all()).toHaveLength(1)
  })

  it('has its use recorded once a minute', () => {
    const { sessions, accounts } = fixture.state
    const salt = accounts.find('anna')?.verifier.salt ?? new Uint8Array()
    const cookie = sessions.begin('anna', salt, '', DAY) ?? ''
    const record = sessions.find(cookie, DAY)
    expect(record && sessions.isStale(record, DAY + MINUTE - 1)).toBe(false)
    expect(record && sessions.isStale(record, DAY + MINUTE)).toBe(true)
  })

  it('takes the place of the one that was used longest ago, beyond a hundred', () => {
    const { sessions, accounts } = fixture.state
    const salt = accounts.find('anna')?.verifier.salt ?? new Uint8Array()
    const cookies = Array.from(
      { length: 101 },
      (_, index) => sessions.begin('anna', salt, '', DAY + index) ?? '',
    )
    expect(cookies.map((cookie) => sessions.find(cookie, DAY) !== undefined).indexOf(true)).toBe(1)
    expect(sessions.list('anna', DAY)).toHaveLength(100)
  })
})
