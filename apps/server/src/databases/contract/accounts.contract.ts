import { parsePath } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { accountRecord } from '../../../../../test/support/accounts.ts'
import { codeOf, eventAbout, type OpenState } from './fixture.contract.ts'

export function describeAccounts(open: OpenState): void {
  it('are found as they were added, whatever they contain', async () => {
    await using fixture = await open()
    const { accounts } = fixture.state
    const full = accountRecord('eva', {
      home: parsePath('häuser/eva\'s "home"; DROP TABLE accounts'),
      permissions: ['read', 'list'],
      doors: ['sftp'],
      quota: { bytes: 2 ** 50, files: 0 },
      rate: 1,
      enabled: false,
      clearFtp: true,
      created: Number.MAX_SAFE_INTEGER,
      verifier: {
        salt: new Uint8Array([0, 255, 92, 39]),
        iterations: 4_096,
        storedKey: new Uint8Array(32).fill(7),
        serverKey: new Uint8Array(32).fill(8),
      },
    })
    await accounts.add(full)
    expect(await accounts.find('eva')).toEqual(full)
    expect(await accounts.find('nobody')).toBeUndefined()
    expect((await accounts.list()).map(({ name }) => name)).toEqual(['anna', 'eva', 'otto'])
  })

  it('have different names, also if several servers add them at the same moment', async () => {
    await using fixture = await open()
    const servers = [fixture.state, fixture.another(), fixture.another()]
    const codes = await Promise.all(servers.map(({ accounts }) => codeOf(accounts.add(accountRecord('eva')))))
    expect(codes.sort()).toEqual(['exists', 'exists', 'none'])
  })

  it('are changed together with what is recorded about it, or not at all', async () => {
    await using fixture = await open()
    const { accounts } = fixture.state
    await accounts.add(accountRecord('eva'), eventAbout('eva', 'user-add'))
    const event = eventAbout('eva', 'user-set')
    const changed = await accounts.change(
      'eva',
      (eva) => ({ ...eva, enabled: false }),
      () => event,
    )
    expect(changed).toMatchObject({ name: 'eva', enabled: false })
    const failing = accounts.change(
      'eva',
      (eva) => ({ ...eva, enabled: true }),
      () => {
        throw new RangeError('no event')
      },
    )
    await expect(failing).rejects.toThrow('no event')
    expect(await accounts.find('eva')).toMatchObject({ enabled: false })
    expect(await codeOf(accounts.add(accountRecord('eva'), eventAbout('eva', 'user-add')))).toBe('exists')
    expect(await accounts.change('nobody', (nobody) => nobody)).toBeUndefined()
    await accounts.remove('eva', ({ name }) => eventAbout(name, 'user-remove'))
    expect(await accounts.find('eva')).toBeUndefined()
    expect(await accounts.remove('eva', ({ name }) => eventAbout(name, 'user-remove'))).toBeUndefined()
    expect(await fixture.recorded()).toEqual(['user-add eva', 'user-set eva', 'user-remove eva'])
  })

  it('lose no change if several are made at the same moment', async () => {
    await using fixture = await open()
    const servers = [fixture.state, fixture.another()]
    const add = (index: number) =>
      servers[index % 2]?.accounts.change('anna', (anna) => ({ ...anna, rate: (anna.rate ?? 0) + 1 }))
    await Promise.all(Array.from({ length: 10 }, (_, index) => add(index)))
    expect(await fixture.state.accounts.find('anna')).toMatchObject({ rate: 10 })
  })

  it('get another generation with every change to them, and with no other', async () => {
    await using fixture = await open()
    const { accounts, tokens } = fixture.state
    const generation = async () => (await accounts.verifierOf('anna'))?.generation
    const seen = new Set([await generation()])
    const anna = accountRecord('anna')
    const changes = [
      () => accounts.change('anna', () => ({ ...anna, permissions: ['read'] })),
      () => accounts.change('anna', () => ({ ...anna, enabled: false })),
      () => accounts.setVerifier('anna', { ...anna.verifier, salt: new Uint8Array(16).fill(7) }),
      async () => {
        await accounts.remove('anna')
        await accounts.add(anna)
      },
    ]
    for (const [index, change] of changes.entries()) {
      await change()
      expect(await generation(), String(index)).toMatch(/^[0-9a-f]{32}$/)
      expect(seen.size).toBe(index + 1)
      seen.add(await generation())
    }
    await accounts.change('otto', (otto) => ({ ...otto, enabled: false }))
    await tokens.add({ account: 'anna', name: 't', permissions: undefined, expires: undefined })
    expect(seen).toContain(await generation())
    expect(seen.size).toBe(changes.length + 1)
  })

  it('have a verifier, and those who do not exist have none', async () => {
    await using fixture = await open()
    const { accounts } = fixture.state
    const verifier = { ...accountRecord('anna').verifier, iterations: 123 }
    await accounts.setVerifier('anna', verifier)
    expect(await accounts.verifierOf('anna')).toMatchObject(verifier)
    expect(await accounts.verifierOf('nobody')).toBeUndefined()
  })

  it('share a secret that all servers know', async () => {
    await using fixture = await open()
    const secret = await fixture.state.accounts.secret()
    expect(secret).toHaveLength(32)
    expect(new Set(secret).size).toBeGreaterThan(10)
    expect(await fixture.another().accounts.secret()).toEqual(secret)
  })
}
