import { parsePath } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { accountRecord } from '../../../../../test/support/accounts.ts'
import type { LinkRecord, NewLink } from '../../state/link-record.ts'
import type { State } from '../../state/state.ts'
import { codeOf, DAY, eventAbout, type OpenState } from './fixture.contract.ts'

const { verifier: VERIFIER } = accountRecord('anna')

function wanted(changes: Partial<NewLink> = {}): NewLink {
  const none = { expires: undefined, mostUses: undefined, verifier: undefined }
  return { account: 'anna', path: parsePath('pics/häuser'), kind: 'folder', ...none, ...changes }
}

/** @returns a new link, as it is found by its secret */
async function made(
  { links }: State,
  changes: Partial<NewLink> = {},
): Promise<LinkRecord & { secret: string }> {
  const { secret } = await links.add(wanted(changes))
  const link = await links.find(secret, 0)
  if (link === undefined) throw new Error('there is no link')
  return { ...link, secret }
}

export function describeLinks(open: OpenState): void {
  it('are found by their secrets, which are stored as hashes, until they expire', async () => {
    await using fixture = await open()
    const { links } = fixture.state
    const full = wanted({ expires: DAY, mostUses: 3, verifier: VERIFIER, kind: 'upload' })
    const { id, secret } = await links.add(full, (link) => ({
      ...eventAbout('anna', 'token-add'),
      detail: link,
    }))
    expect(secret).toMatch(/^ftpl_[0-9a-z]{31}$/)
    expect(await fixture.contentOf('links')).not.toContain(secret.slice(5))
    expect(await links.find(secret, DAY - 1)).toMatchObject({ ...full, id, uses: 0, used: undefined })
    expect(await links.find(secret, DAY)).toBeUndefined()
    expect(await links.find(`${secret}x`, 0)).toBeUndefined()
    expect(await fixture.recorded()).toEqual(['token-add anna'])
    const root = await made(fixture.state, { path: parsePath('') })
    expect(root.path).toEqual([])
  })

  it('are removed by their owner, or by the operator, and go with their account', async () => {
    await using fixture = await open()
    const { links, accounts } = fixture.state
    const [first, second] = [await made(fixture.state), await made(fixture.state, { account: 'otto' })]
    expect(await codeOf(links.remove(first.id, 'otto'))).toBe('not_found')
    expect((await links.list()).map(({ id }) => id)).toEqual([first.id, second.id])
    expect(await links.remove(first.id, 'anna')).toMatchObject({ id: first.id })
    expect(await links.remove(second.id)).toMatchObject({ account: 'otto' })
    expect(await links.list()).toEqual([])
    const third = await made(fixture.state)
    await accounts.remove('anna')
    await accounts.add(accountRecord('anna'))
    expect(await links.find(third.secret)).toBeUndefined()
  })

  it('count a use once for each visit, and no visit that is over or belongs to another link', async () => {
    await using fixture = await open()
    const { links } = fixture.state
    const [link, other] = [await made(fixture.state, { mostUses: 2 }), await made(fixture.state)]
    const visit = await links.admit(link, DAY)
    expect(await links.visit(link, visit, 2 * DAY - 1)).toBe('admitted')
    expect(await links.visit(link, visit, 2 * DAY)).toBeUndefined()
    expect(await links.visit(other, visit, DAY)).toBeUndefined()
    expect(await links.use(link, visit, DAY)).toBe(visit)
    expect(await links.use(link, visit, DAY)).toBe(visit)
    expect(await links.visit(link, visit, DAY)).toBe('counted')
    const next = await links.use(link, `${visit}x`, DAY)
    expect(next).toMatch(/^ftpv_[0-9a-z]{31}$/)
    expect(await links.use(link, undefined, DAY)).toBeUndefined()
    expect(await links.use(link, next, DAY)).toBe(next)
    expect(await links.find(link.secret)).toMatchObject({ uses: 2, used: DAY })
    await links.forget(2 * DAY)
    expect(await fixture.count('visits')).toBe(0)
  })

  it('cannot be used when they have expired or are gone', async () => {
    await using fixture = await open()
    const { links } = fixture.state
    const link = await made(fixture.state, { expires: DAY })
    expect(await links.use(link, undefined, DAY - 1)).toBeDefined()
    expect(await links.use(link, undefined, DAY)).toBeUndefined()
    await links.remove(link.id)
    expect(await links.use(link, undefined, 0)).toBeUndefined()
  })

  it('count exactly if servers use them at the same moment', async () => {
    await using fixture = await open()
    const servers = [fixture.state, fixture.another(), fixture.another()]
    const link = await made(fixture.state, { mostUses: 5 })
    const uses = Array.from({ length: 12 }, (_, index) => servers[index % 3]?.links.use(link))
    expect((await Promise.all(uses)).filter((cookie) => cookie !== undefined)).toHaveLength(5)
    expect(await fixture.state.links.find(link.secret)).toMatchObject({ uses: 5 })
    const visited = await made(fixture.state)
    const visit = await fixture.state.links.admit(visited)
    const visits = Array.from({ length: 6 }, (_, index) => servers[index % 3]?.links.use(visited, visit))
    expect(new Set(await Promise.all(visits))).toEqual(new Set([visit]))
    expect(await fixture.state.links.find(visited.secret)).toMatchObject({ uses: 1 })
  })

  it('remember a bounded number of visits, the latest', async () => {
    await using fixture = await open()
    const { links } = fixture.state
    const link = await made(fixture.state)
    const first = await links.use(link, undefined, DAY)
    for (let index = 1; index < 1_002; index++) await links.use(link, undefined, DAY + index)
    expect(await fixture.count('visits')).toBe(1_000)
    expect(await links.visit(link, first ?? '', DAY)).toBeUndefined()
  })
}
