import { expect, it } from 'vitest'
import { accountRecord } from '../../../../../test/support/accounts.ts'
import { isStale, sessionId } from '../../state/sessions.ts'
import { DAY, MINUTE, type OpenState } from './fixture.contract.ts'

const { salt } = accountRecord('anna').verifier
const BEGAN = 100 * DAY

export function describeSessions(open: OpenState): void {
  it('begin for the present password only, and are stored as a hash', async () => {
    await using fixture = await open()
    const { sessions } = fixture.state
    const cookie = (await sessions.begin('anna', salt, '192.0.2.1')) ?? ''
    expect(cookie).toMatch(/^ftps_[0-9a-z]{31}$/)
    expect(await fixture.contentOf('sessions')).not.toContain(cookie.slice(5))
    expect(await sessions.find(cookie)).toMatchObject({
      id: sessionId(cookie),
      account: 'anna',
      address: '192.0.2.1',
    })
    expect(await sessions.begin('anna', new Uint8Array(16).fill(1), '')).toBeUndefined()
    expect(await sessions.begin('nobody', salt, '')).toBeUndefined()
  })

  it('end with the password and with the account, and with nothing else that changes', async () => {
    await using fixture = await open()
    const { sessions, accounts } = fixture.state
    const begin = async () => (await sessions.begin('anna', salt, '')) ?? ''
    const first = await begin()
    await accounts.change('anna', (anna) => ({ ...anna, enabled: false }))
    expect(await sessions.find(first)).toBeDefined()
    const { verifier } = accountRecord('anna')
    await accounts.setVerifier('anna', { ...verifier, salt: new Uint8Array(16).fill(1) })
    expect(await sessions.find(first)).toBeUndefined()
    await accounts.setVerifier('anna', verifier)
    expect(await sessions.find(first)).toBeUndefined()
    const second = await begin()
    await accounts.remove('anna')
    await accounts.add(accountRecord('anna'))
    expect(await sessions.find(second)).toBeUndefined()
  })

  it('are ended by their cookies, or by their ids within the account', async () => {
    await using fixture = await open()
    const { sessions } = fixture.state
    const cookies = [await sessions.begin('anna', salt, ''), await sessions.begin('anna', salt, '')]
    const [one = '', two = ''] = cookies
    await sessions.end(`${two}x`)
    await sessions.end(one)
    expect(await sessions.find(one)).toBeUndefined()
    expect(await sessions.endById('otto', sessionId(two))).toBe(false)
    expect(await sessions.endById('anna', sessionId(one))).toBe(false)
    expect(await sessions.endById('anna', sessionId(two))).toBe(true)
    expect(await sessions.list('anna')).toEqual([])
  })

  it('end after a week without use, and after a month with it', async () => {
    await using fixture = await open()
    const { sessions } = fixture.state
    const idle = (await sessions.begin('anna', salt, '', BEGAN)) ?? ''
    const used = (await sessions.begin('anna', salt, '', BEGAN)) ?? ''
    expect(await sessions.find(idle, BEGAN + 7 * DAY - 1)).toBeDefined()
    for (let day = 1; day < 30; day++) await sessions.use(used, BEGAN + day * DAY)
    expect(await sessions.find(idle, BEGAN + 7 * DAY)).toBeUndefined()
    expect(await sessions.find(used, BEGAN + 30 * DAY - 1)).toBeDefined()
    expect(await sessions.find(used, BEGAN + 30 * DAY)).toBeUndefined()
    expect(await sessions.list('anna', BEGAN + 29 * DAY)).toHaveLength(1)
    await sessions.forget(BEGAN + 7 * DAY)
    expect(await fixture.count('sessions')).toBe(1)
  })

  it('have their use recorded once a minute', async () => {
    await using fixture = await open()
    const { sessions } = fixture.state
    const cookie = (await sessions.begin('anna', salt, '', BEGAN)) ?? ''
    const record = await sessions.find(cookie, BEGAN)
    expect(record && isStale(record, BEGAN + MINUTE - 1)).toBe(false)
    expect(record && isStale(record, BEGAN + MINUTE)).toBe(true)
  })

  it('take the place of the one that was used longest ago, beyond a hundred', async () => {
    await using fixture = await open()
    const { sessions } = fixture.state
    const cookies: string[] = []
    for (let index = 0; index < 101; index++)
      cookies.push((await sessions.begin('anna', salt, '', BEGAN + index)) ?? '')
    const [first = '', second = ''] = cookies
    expect(await sessions.find(first, BEGAN)).toBeUndefined()
    expect(await sessions.find(second, BEGAN)).toBeDefined()
    expect(await sessions.list('anna', BEGAN)).toHaveLength(100)
  })
}
