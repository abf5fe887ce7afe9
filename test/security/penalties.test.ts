import { afterAll, beforeAll, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { OneThreadServer } from '../support/one-thread-server.ts'
import { RawClient } from '../support/raw-client.ts'

/** T12: the penalty for a refused login is for a guess, and for nothing else. */
let server: OneThreadServer
beforeAll(async () => {
  server = await OneThreadServer.start({ anonymous: 'none' })
  await addAccount(server.root, 'anna')
  await addAccount(server.root, 'otto', { enabled: false })
  await addAccount(server.root, 'eva', { doors: ['web'] })
})
afterAll(() => server[Symbol.asyncDispose]())

/** How connections end that try these logins at the same time. */
async function disconnects(logins: readonly (readonly [user: string, password: string])[]): Promise<unknown> {
  const before = server.disconnects.length
  const attempts = logins.map(([user, password]) => RawClient.loginAs(server.server, user, password))
  for (const { status } of await Promise.allSettled(attempts)) expect(status).toBe('rejected')
  await expect.poll(() => server.disconnects.length).toBe(before + logins.length)
  return [...new Set(server.disconnects.slice(before))]
}

it('counts a wrong password as refused, whoever it is for', async () => {
  const guesses = ['anna', 'otto', 'eva', 'ghost'].map((user) => [user, 'wrong'] as const)
  expect(await disconnects(guesses)).toEqual(['refused'])
})

it('counts no right password as refused, even if its account may not log in', async () => {
  expect(
    await disconnects([
      ['otto', PASSWORD],
      ['eva', PASSWORD],
    ]),
  ).toEqual(['silent'])
})

it('counts a login that succeeds as served', async () => {
  const before = server.disconnects.length
  await (await RawClient.loginAs(server.server, 'anna', PASSWORD))[Symbol.asyncDispose]()
  await expect.poll(() => server.disconnects.slice(before)).toEqual(['served'])
})
