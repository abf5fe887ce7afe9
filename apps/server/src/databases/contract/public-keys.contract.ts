import { expect, it } from 'vitest'
import { accountRecord } from '../../../../../test/support/accounts.ts'
import { fingerprintOf, type PublicKey } from '../../state/public-key.ts'
import { codeOf, type OpenState } from './fixture.contract.ts'

/** A key of which only the form is right. */
function keyOf(seed: number, comment = 'anna@laptop'): PublicKey {
  const blob = new Uint8Array(51).fill(seed)
  return { type: 'ssh-ed25519', blob, fingerprint: fingerprintOf(blob), comment }
}

export function describePublicKeys(open: OpenState): void {
  it('are several for an account, each once, and may belong to several accounts', async () => {
    await using fixture = await open()
    const { publicKeys } = fixture.state
    const [first, second] = [keyOf(1), keyOf(2, "o'neill")]
    await publicKeys.add('anna', first)
    await publicKeys.add('anna', second)
    await publicKeys.add('otto', first)
    expect(await codeOf(publicKeys.add('anna', first))).toBe('exists')
    // Both may have been added in the same millisecond.
    const listed = (await publicKeys.list('anna')).toSorted((one, other) =>
      Buffer.compare(one.blob, other.blob),
    )
    expect(listed).toMatchObject([first, second])
    expect(await publicKeys.list()).toHaveLength(3)
    expect(await publicKeys.find('otto', first.fingerprint)).toMatchObject(first)
    await publicKeys.remove('anna', first.fingerprint)
    expect(await codeOf(publicKeys.remove('anna', first.fingerprint))).toBe('not_found')
    expect(await publicKeys.find('anna', first.fingerprint)).toBeUndefined()
    expect(await publicKeys.find('otto', first.fingerprint)).toBeDefined()
  })

  it('are at most a hundred for an account', async () => {
    await using fixture = await open()
    const { publicKeys } = fixture.state
    for (let seed = 0; seed < 100; seed++) await publicKeys.add('anna', keyOf(seed))
    expect(await codeOf(publicKeys.add('anna', keyOf(100)))).toBe('forbidden')
    await publicKeys.add('otto', keyOf(100))
  })

  it('go with their account', async () => {
    await using fixture = await open()
    const { publicKeys, accounts } = fixture.state
    await publicKeys.add('anna', keyOf(1))
    await accounts.remove('anna')
    await accounts.add(accountRecord('anna'))
    expect(await publicKeys.list('anna')).toEqual([])
  })
}
