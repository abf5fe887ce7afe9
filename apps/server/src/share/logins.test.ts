import { TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountRecord, PASSWORD, testVerifier } from '../../../../test/support/accounts.ts'
import { LoginFixture, refusalOf, WEB } from '../../../../test/support/login-fixture.ts'
import { parsePublicKey } from '../state/public-key.ts'

const NEW_TOKEN = { account: 'anna', name: 'laptop', permissions: undefined, expires: undefined }

let fixture: LoginFixture
beforeEach(async () => {
  fixture = await LoginFixture.open()
})
afterEach(() => fixture[Symbol.dispose]())

describe('a password in clear', () => {
  it('logs in to the account, however the name is written, and the audit trail tells the door', async () => {
    const login = await fixture.enter(PASSWORD, 'ANNA')
    expect((await login.share()).account.name).toBe('anna')
    expect(fixture.events).toEqual([
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
    await fixture.state.accounts.add(accountRecord('otto', { enabled: false }))
    await fixture.state.accounts.add(accountRecord('eva', { doors: ['ftx'] }))
    for (const user of ['anna', 'otto', 'eva', 'ghost', '', 'x'.repeat(5_000)]) {
      fixture.derived.length = 0
      expect(await refusalOf(fixture.enter('a wrong one', user)), user).toBe('wrong')
      expect(fixture.derived, user).toEqual(['a wrong one'])
      // Wrong ones are not remembered: it costs as much again.
      expect(await refusalOf(fixture.enter('a wrong one', user)), user).toBe('wrong')
      expect(fixture.derived, user).toHaveLength(2)
    }
  })

  it('is derived for a disabled account, or one without this door, before either is told', async () => {
    for (const changes of [{ enabled: false }, { doors: ['ftx', 'sftp'] }] as const) {
      await fixture.change(changes)
      fixture.derived.length = 0
      expect(await refusalOf(fixture.enter('wrong'))).toBe('wrong')
      expect(await refusalOf(fixture.enter())).toBe('login')
      expect(fixture.derived).toEqual(['wrong', PASSWORD])
    }
  })

  it('that no account can have is refused without being derived, for any user', async () => {
    for (const user of ['anna', 'ghost'])
      for (const password of ['', 'a\0b', 'x'.repeat(1_025), '\ud800'])
        expect(await refusalOf(fixture.enter(password, user))).toBe('wrong')
    expect(fixture.derived).toEqual([])
  })

  it('is remembered, until anything about the account changes', async () => {
    for (let times = 0; times < 3; times++) await fixture.enter()
    expect(fixture.derived).toHaveLength(1)
    await fixture.change({ permissions: ['read'] })
    for (let times = 0; times < 3; times++) await fixture.enter()
    expect(fixture.derived).toHaveLength(2)
    // As another process does it.
    fixture.database.prepare("UPDATE accounts SET rate = 9000 WHERE name = 'anna'").run()
    await fixture.enter()
    expect(fixture.derived).toHaveLength(3)
  })

  it('that has been replaced is refused from then on, remembered or not', async () => {
    const login = await fixture.enter()
    await login.share()
    await fixture.setPassword('another one')
    expect(await refusalOf(login.share())).toBe('login')
    expect(await refusalOf(fixture.enter())).toBe('wrong')
    await fixture.enter('another one')
  })

  it('that is replaced while it is checked does not log in', async () => {
    const other = await testVerifier('another one')
    const checking = fixture.enter()
    await fixture.state.accounts.setVerifier('anna', other)
    expect(await refusalOf(checking)).toBe('login')
  })

  it('is refused as busy, not as wrong, if too many wait', async () => {
    const all = Array.from({ length: 20 }, (_, index) => refusalOf(fixture.enter(`guess ${index}`)))
    const answers = await Promise.all(all)
    expect(answers.filter((answer) => answer === 'wrong')).toHaveLength(9)
    expect(answers.filter((answer) => answer === 'busy')).toHaveLength(11)
    expect(fixture.derived).toHaveLength(9)
  })

  it('that many send at once is derived once', async () => {
    await Promise.all(Array.from({ length: 100 }, () => fixture.enter()))
    expect(fixture.derived).toHaveLength(1)
  })

  it('is not waited for by a client that has gone', async () => {
    const gone = new AbortController()
    const first = fixture.enter('one')
    const second = fixture.logins.enterWithPassword('anna', 'two', WEB, gone.signal)
    const third = fixture.enter('three')
    gone.abort(new TransferError('lost', 'the client has gone'))
    expect(await Promise.all([first, second, third].map(refusalOf))).toEqual(['wrong', 'lost', 'wrong'])
    expect(fixture.derived).toEqual(['one', 'three'])
  })

  it('does not end an account whose door is closed to it while it is logged in, but its next request', async () => {
    const login = await fixture.enter()
    await fixture.change({ doors: ['ftx'] })
    expect(await refusalOf(login.share())).toBe('login')
    await fixture.change({ doors: ['web'] })
    await login.share()
  })
})

describe('a token', () => {
  it('logs in to its own account, without a derivation, under its name in the audit trail', async () => {
    const token = await fixture.state.tokens.add(NEW_TOKEN)
    const share = await (await fixture.enter(token)).share()
    expect(share).toMatchObject({ credential: 'token laptop', door: 'web', account: { name: 'anna' } })
    expect(fixture.events).toEqual([expect.objectContaining({ credential: 'token laptop', outcome: 'ok' })])
    expect(fixture.derived).toEqual([])
    expect((await fixture.state.tokens.find(token))?.used).toBeDefined()
  })

  it('is no guess at a password if it is not valid, whoever it is for', async () => {
    const token = await fixture.state.tokens.add(NEW_TOKEN)
    await fixture.state.accounts.add(accountRecord('otto'))
    for (const [user, password] of [
      ['otto', token],
      ['ghost', token],
      ['', token],
      ['anna', `ftpt_${'0'.repeat(31)}`],
    ] as const)
      expect(await refusalOf(fixture.enter(password, user)), user).toBe('login')
    expect(fixture.derived).toEqual([])
  })

  it('gives the rights that it and the account have now', async () => {
    const token = await fixture.state.tokens.add({ ...NEW_TOKEN, permissions: ['list', 'read', 'delete'] })
    const login = await fixture.enter(token)
    const rights = async (): Promise<readonly string[]> => (await login.share()).account.permissions
    expect(await rights()).toEqual(['list', 'read', 'delete'])
    await fixture.change({ permissions: ['read', 'write'] })
    expect(await rights()).toEqual(['read'])
    await fixture.change({ permissions: [] })
    expect(await rights()).toEqual([])
  })

  it('ends with its removal, its expiry, its account, and the account being disabled', async () => {
    const token = await fixture.state.tokens.add(NEW_TOKEN)
    const login = await fixture.enter(token)
    await fixture.change({ enabled: false })
    expect(await refusalOf(login.share())).toBe('login')
    expect(await refusalOf(fixture.enter(token))).toBe('login')
    await fixture.change({ enabled: true })
    await login.share()
    await fixture.state.tokens.remove('anna', 'laptop')
    expect(await refusalOf(login.share())).toBe('login')
    expect(await refusalOf(fixture.enter(token))).toBe('login')

    const short = await fixture.state.tokens.add({
      ...NEW_TOKEN,
      name: 'short',
      expires: Date.now() * 1_000 - 1,
    })
    expect(await refusalOf(fixture.enter(short))).toBe('login')

    const last = await fixture.state.tokens.add({ ...NEW_TOKEN, name: 'last' })
    const other = await fixture.enter(last)
    await fixture.state.accounts.remove('anna')
    await fixture.state.accounts.add(accountRecord('anna'))
    expect(await refusalOf(other.share())).toBe('login')
  })

  it('outlives a new password', async () => {
    const token = await fixture.state.tokens.add(NEW_TOKEN)
    const login = await fixture.enter(token)
    await fixture.setPassword('another one')
    await login.share()
    await fixture.enter(token)
  })
})

describe('a public key', () => {
  const key = parsePublicKey(
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl anna@laptop',
  )
  const enterWithKey = (user: string): Promise<unknown> =>
    fixture.logins.enterWithKey(user, key.blob, { ...WEB, door: 'sftp' })

  it('logs in to the accounts that have it, and to no other, until it is removed', async () => {
    expect(await fixture.logins.hasKey('anna', key.blob)).toBe(false)
    expect(await refusalOf(enterWithKey('anna'))).toBe('login')
    await fixture.state.publicKeys.add('anna', key)
    expect(await fixture.logins.hasKey('Anna', key.blob)).toBe(true)
    const login = await fixture.logins.enterWithKey('Anna', key.blob, { ...WEB, door: 'sftp' })
    expect(await login.share()).toMatchObject({ door: 'sftp', credential: `key ${key.fingerprint}` })
    for (const user of ['otto', 'ghost', '']) {
      expect(await fixture.logins.hasKey(user, key.blob)).toBe(false)
      expect(await refusalOf(enterWithKey(user))).toBe('login')
    }
    await fixture.setPassword('another one')
    await login.share()
    await fixture.change({ doors: ['ftx', 'web'] })
    expect(await refusalOf(enterWithKey('anna'))).toBe('login')
    await fixture.change({})
    await fixture.state.publicKeys.remove('anna', key.fingerprint)
    expect(await refusalOf(login.share())).toBe('login')
    expect(fixture.derived).toEqual([])
  })
})
