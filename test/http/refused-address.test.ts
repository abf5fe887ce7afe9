import { afterAll, beforeAll, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { type Answer, type HttpRequest, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** An address from which somebody has guessed passwords is not that person's alone. */
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none', limits: { trusted: [] } })
  for (const name of ['anna', 'bob']) await addAccount(folder.root, name)
})
afterAll(() => folder[Symbol.asyncDispose]())

const send = (options: HttpRequest, target = '/files/'): Promise<Answer> =>
  request(folder.server, target, options)

it('whoever has logged in from a refused address still can, and nobody else can tell who that is', async () => {
  const { headers } = await send({ method: 'POST', as: `anna:${PASSWORD}` }, '/session')
  const [cookie = ''] = (headers['set-cookie'] ?? '').split(';')
  await expect
    .poll(async () => (await send({ as: 'somebody:wrong password' })).status, { interval: 100 })
    .toBe(503)
  expect((await send({ as: `anna:${PASSWORD}` })).status).toBe(200)
  expect((await send({ headers: { cookie } })).status).toBe(200)
  expect((await send({ as: `bob:${PASSWORD}` })).status).toBe(503)
  expect((await send({})).status).toBe(503)
  const wrong = await send({ as: 'anna:wrong password' })
  const unknown = await send({ as: 'somebody:wrong password' })
  expect([wrong.status, unknown.status]).toEqual([503, 503])
  expect(`${wrong.body} ${wrong.headers['retry-after']}`).toMatch(/for (\d+) s.* \1$/s)
  expect(Object.keys(wrong.headers)).toEqual(Object.keys(unknown.headers))
  await expect
    .poll(async () => {
      await send({ as: 'anna:wrong password' })
      return (await send({ as: `anna:${PASSWORD}` })).status
    })
    .toBe(503)
})
