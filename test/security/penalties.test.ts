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

it.each([
  ['refused', 'anna', 'wrong'],
  ['refused', 'otto', 'wrong'],
  ['refused', 'eva', 'wrong'],
  ['refused', 'ghost', PASSWORD],
  ['silent', 'otto', PASSWORD],
  ['silent', 'eva', PASSWORD],
])('counts as %s: %s with the password "%s"', async (disconnect, user, password) => {
  const before = server.disconnects.length
  await expect(RawClient.loginAs(server.server, user, password)).rejects.toThrow()
  await expect.poll(() => server.disconnects.slice(before)).toEqual([disconnect])
})

it('counts a login that succeeds as served', async () => {
  const before = server.disconnects.length
  await (await RawClient.loginAs(server.server, 'anna', PASSWORD))[Symbol.asyncDispose]()
  await expect.poll(() => server.disconnects.slice(before)).toEqual(['served'])
})
