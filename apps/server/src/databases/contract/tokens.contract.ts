import { expect, it } from 'vitest'
import { accountRecord } from '../../../../../test/support/accounts.ts'
import { hashOf } from '../../state/secret.ts'
import type { NewToken } from '../../state/tokens.ts'
import { codeOf, eventAbout, NOW, type OpenState } from './fixture.contract.ts'

function wanted(changes: Partial<NewToken> = {}): NewToken {
  return { account: 'anna', name: 'laptop', permissions: undefined, expires: undefined, ...changes }
}

export function describeTokens(open: OpenState): void {
  it('have 160 random bits and a prefix, and are stored as a hash', async () => {
    await using fixture = await open()
    const { tokens } = fixture.state
    const made = [await tokens.add(wanted({ name: 'a' })), await tokens.add(wanted({ name: 'b' }))]
    for (const token of made) expect(token).toMatch(/^ftpt_[0-9a-z]{31}$/)
    expect(new Set(made).size).toBe(2)
    const stored = await fixture.contentOf('tokens')
    for (const token of made) {
      expect(stored).not.toContain(token.slice(5))
      expect(stored).toContain(Buffer.from(hashOf(token)).toString('hex'))
    }
  })

  it('are found until they expire', async () => {
    await using fixture = await open()
    const { tokens } = fixture.state
    const token = await tokens.add(wanted({ expires: NOW, permissions: ['list', 'read'] }))
    expect(await tokens.find(token, NOW - 1)).toMatchObject({
      name: 'laptop',
      permissions: ['list', 'read'],
      expires: NOW,
    })
    expect(await tokens.find(token, NOW)).toBeUndefined()
    expect(await tokens.find(`${token}x`, NOW - 1)).toBeUndefined()
    expect(await tokens.list('anna')).toHaveLength(1)
  })

  it('have one name each within an account, and are listed by account and name', async () => {
    await using fixture = await open()
    const { tokens } = fixture.state
    for (const token of [wanted({ account: 'otto' }), wanted({ name: 'ä' }), wanted(), wanted({ name: 'B' })])
      await tokens.add(token)
    expect(await codeOf(tokens.add(wanted(), eventAbout('anna', 'token-add')))).toBe('exists')
    const shown = (await tokens.list()).map(({ account, name }) => `${account} ${name}`)
    expect(shown).toEqual(['anna B', 'anna laptop', 'anna ä', 'otto laptop'])
    expect(await fixture.recorded()).toEqual([])
    await tokens.add(wanted({ name: 'new' }), eventAbout('anna', 'token-add'))
    expect(await fixture.recorded()).toEqual(['token-add anna'])
  })

  it('are removed by the name, and only for their own account', async () => {
    await using fixture = await open()
    const { tokens } = fixture.state
    const token = await tokens.add(wanted())
    expect(await codeOf(tokens.remove('otto', 'laptop'))).toBe('not_found')
    expect(await tokens.find(token)).toBeDefined()
    await tokens.remove('anna', 'laptop')
    expect(await tokens.find(token)).toBeUndefined()
  })

  it('go with their account, and do not come back with another one of the same name', async () => {
    await using fixture = await open()
    const { tokens, accounts } = fixture.state
    const token = await tokens.add(wanted())
    const others = await tokens.add(wanted({ account: 'otto' }))
    await accounts.remove('anna')
    await accounts.add(accountRecord('anna'))
    expect(await tokens.find(token)).toBeUndefined()
    expect(await tokens.find(others)).toBeDefined()
  })

  it('remember their last use, to the minute', async () => {
    await using fixture = await open()
    const { tokens } = fixture.state
    const token = await tokens.add(wanted())
    const used = async (at: number): Promise<number | undefined> => {
      const record = await tokens.find(token)
      if (record !== undefined) await tokens.use(token, record, at)
      return (await tokens.find(token))?.used
    }
    expect((await tokens.find(token))?.used).toBeUndefined()
    expect(await used(NOW)).toBe(NOW)
    expect(await used(NOW + 59_999_999)).toBe(NOW)
    expect(await used(NOW + 60_000_000)).toBe(NOW + 60_000_000)
  })

  it('are at most a hundred for an account, also if several servers make them', async () => {
    await using fixture = await open()
    const [one, two] = [fixture.state.tokens, fixture.another().tokens]
    for (let index = 0; index < 98; index++) await one.add(wanted({ name: `t${index}` }))
    const late = ['a', 'b', 'c', 'd'].map((name, index) =>
      codeOf((index % 2 === 0 ? one : two).add(wanted({ name }))),
    )
    expect((await Promise.all(late)).sort()).toEqual(['forbidden', 'forbidden', 'none', 'none'])
    await one.add(wanted({ account: 'otto' }))
  })
}
