import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addAccount, PASSWORD, setAccount } from '../support/accounts.ts'
import { content, md5Of } from '../support/chain.ts'
import { until } from '../support/deadline.ts'
import { expectSeconds, secondsOf } from '../support/durations.ts'
import { Program } from '../support/program.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { mget, mput } from '../support/together.ts'
import { user } from '../support/user-command.ts'

/** Bytes a second, for `anna`. A file of 1 MB takes half a second of it. */
const RATE = 2_000_000
const SMALL = content(1_000_000)
const LARGE = 64 * LIMITS.payload

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none', plaintext: false, threads: 2 })
  folder.write('small', SMALL)
  folder.write('large', new Uint8Array(LARGE))
  await addAccount(folder.root, 'anna', { rate: RATE })
  await addAccount(folder.root, 'otto')
})
afterAll(() => folder[Symbol.asyncDispose]())

function login(name: string): Promise<RawClient> {
  return RawClient.loginAs({ ...folder.server, secure: true }, name, PASSWORD)
}

async function get(client: RawClient): Promise<void> {
  const id = client.request({ type: 'get', path: 'small' })
  const { reply, payload } = await client.take('file')
  expect([reply.id, md5Of(payload)]).toEqual([id, md5Of(SMALL)])
}

/** Acknowledges what comes, until it has come or the connection ends. @returns the bytes */
async function fetchLarge(
  client: RawClient,
  onData: (offset: number) => Promise<void> = async () => {},
): Promise<number> {
  const id = client.request({ type: 'get', path: 'large' })
  await client.take('file')
  for (let offset = 0; ; ) {
    const { reply, payload } = await client.take('data')
    offset = reply.offset + payload.length
    client.send({ id, type: 'ack', offset })
    await onData(offset)
    if (reply.last === true) return offset
  }
}

it('the connections of one account share its rate; others, and small requests, are not slowed', async () => {
  await using one = await login('anna')
  await using two = await login('anna')
  await using asking = await login('anna')
  await using other = await login('otto')
  await expectSeconds({ least: 0.9, most: 2 }, async () => {
    const busy = Promise.all([get(one), get(two)])
    await expectSeconds({ most: 0.2 }, () => get(other))
    await expectSeconds({ most: 0.1 }, () => asking.ask({ type: 'stat', path: 'small' }, 'entry'))
    await busy
  })
})

it('what is stored is held to it too', async () => {
  await using client = await login('anna')
  const put = { type: 'put', path: 'stored', length: SMALL.length, md5: md5Of(SMALL), ifExists: 'replace' }
  // The first is taken as it comes; the second has to wait for it.
  await expectSeconds({ least: 0.8, most: 2 }, async () => {
    await client.ask(put, 'stored', SMALL)
    await client.ask(put, 'stored', SMALL)
  })
})

it('files that move together are held to it too', async () => {
  await using client = await login('anna')
  await expectSeconds({ least: 0.8, most: 2 }, async () => {
    expect(await mput(client, [{ path: 'together', bytes: SMALL }])).toEqual([{ type: 'stored' }])
    expect((await mget(client, ['small'])).told).toMatchObject([{ entry: { name: 'small' } }])
  })
})

it('a changed rate holds for what is under way: of an account, and of the server in all', async () => {
  await using anna = await login('anna')
  let began = (): void => {}
  const moving = new Promise<void>((resolve) => {
    began = resolve
  })
  const fetching = secondsOf(() => fetchLarge(anna, async () => began()))
  await moving
  expect((await user(folder.root, ['set', 'anna', '--rate', 'none'])).stdout.toString()).toBe(
    'Now anna: home /, all rights, no quota\n',
  )
  // At 2 MB/s it would be half a minute.
  expect(await fetching).toBeLessThan(20)

  await using otto = await login('otto')
  const whole = fetchLarge(otto)
  const limit = new Program('apps/server/src/main.ts', ['rate', '1M', '--root', folder.root], {})
  expect((await limit.result()).stdout.toString()).toBe('The server moves at most 1.0 MiB/s\n')
  await whole
  await until(
    'the rate in all',
    async () => (await secondsOf(() => Promise.all([get(otto), get(anna)]))) > 0.8,
  )
  await new Program('apps/server/src/main.ts', ['rate', 'none', '--root', folder.root], {}).result()
})

it('a transfer of an account that is disabled or removed ends', async () => {
  await setAccount(folder.root, 'otto', { rate: 1_000_000 })
  await using client = await login('otto')
  const fetching = fetchLarge(client, async (offset) => {
    if (offset === LIMITS.payload) await setAccount(folder.root, 'otto', { enabled: false })
  })
  await expect(fetching).rejects.toThrow(/the account otto is disabled/)
  expect(await client.rest()).toEqual([])
})
