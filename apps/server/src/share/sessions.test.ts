import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountRecord, PASSWORD } from '../../../../test/support/accounts.ts'
import { LoginFixture, refusalOf, WEB } from '../../../../test/support/login-fixture.ts'
import { sessionId } from './sessions.ts'

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
    const token = await state.tokens.add({
      account: 'anna',
      name: 't',
      permissions: undefined,
      expires: undefined,
    })
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
    const before = await fixture.state.accounts.find('anna')
    await fixture.setPassword('another one')
    expect(await refusalOf(login.share())).toBe('login')
    expect(await refusalOf(fixture.logins.sessions.enter(cookie, WEB))).toBe('login')
    if (before !== undefined) await fixture.state.accounts.change('anna', () => before)
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
    await fixture.change({ permissions: ['list'] })
    expect((await login.share()).account.permissions).toEqual(['list'])
    await fixture.change({ doors: ['ftx'] })
    expect(await refusalOf(login.share())).toBe('login')
    await fixture.change({ enabled: false })
    expect(await refusalOf(fixture.logins.sessions.enter(cookie, WEB))).toBe('login')
    await fixture.change({})
    await login.share()
    await fixture.state.accounts.remove('anna')
    await fixture.state.accounts.add(accountRecord('anna'))
    expect(await refusalOf(login.share())).toBe('login')
  })

  it('is ended by its owner alone', async () => {
    const [one, two] = [await begin(), await begin()]
    const login = await fixture.logins.sessions.enter(one, WEB)
    await fixture.logins.sessions.end(`${two}x`)
    await fixture.logins.sessions.end(one)
    expect(await refusalOf(login.share())).toBe('login')
    const share = await (await fixture.logins.sessions.enter(two, WEB)).share()
    const [session, ...others] = await fixture.logins.sessions.list(share)
    expect(session).toMatchObject({ address: '192.0.2.1', id: sessionId(two) })
    expect(others).toEqual([])
    expect(await refusalOf(fixture.logins.sessions.endById(share, '0'.repeat(16)))).toBe('not_found')
    await fixture.logins.sessions.endById(share, sessionId(two))
    expect(await refusalOf(fixture.logins.sessions.enter(two, WEB))).toBe('login')
  })
})
