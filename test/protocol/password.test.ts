import fs from 'node:fs'
import { deriveKeys, parsePath, type Reply, ScramClient, scramMechanism } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD, setAccount, withAccounts } from '../support/accounts.ts'
import { expectEnd, expectKept } from '../support/expectations.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Logging in with a password: PROTOCOL.md, P-6.16 to P-6.24, against a real server. */
let folder: ServedFolder
let secure: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none', threads: 2 })
  secure = await ServedFolder.start({ plaintext: false })
  for (const { root } of [folder, secure]) await addAccount(root, 'anna', { home: parsePath('anna') })
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
  await secure[Symbol.asyncDispose]()
})

const at = ({ server: { host, port } }: ServedFolder, isSecure = false) => ({ host, port, secure: isSecure })

/** Greets, and begins a login. */
async function begin(of: ServedFolder, isSecure: boolean, message?: string): Promise<RawClient> {
  const client = await RawClient.connect(at(of, isSecure))
  client.hello()
  await client.take('welcome')
  client.request({
    type: 'login',
    mechanism: scramMechanism(isSecure),
    ...(message !== undefined && { message }),
  })
  return client
}

describe('a login with a password', () => {
  it.each([
    ['in plaintext', false, ['SCRAM-SHA-256']],
    ['over TLS', true, ['SCRAM-SHA-256-PLUS', 'ANONYMOUS']],
  ])('P-6.16, P-6.17: %s is offered, and accepted', async (_, isSecure, mechanisms) => {
    const of = isSecure ? secure : folder
    await using client = await RawClient.connect(at(of, isSecure))
    client.hello()
    expect((await client.take('welcome')).reply.mechanisms).toEqual(mechanisms)
    const { reply } = await client.prove('anna', PASSWORD)
    expect(reply.account).toMatchObject({ name: 'anna', home: '/anna' })
    await expectKept(client)
  })

  it('P-6.16: over TLS no other password mechanism is taken', async () => {
    await using client = await RawClient.connect(at(secure, true))
    client.hello()
    await client.take('welcome')
    client.request({ type: 'login', mechanism: 'SCRAM-SHA-256', message: 'n,,n=anna,r=0123456789abcdef' })
    await expectEnd(client, 'login')
  })

  it.each(['n,,n=anna,r=0123456789abcdef', 'y,,n=anna,r=0123456789abcdef'])(
    'P-6.18: over TLS %j is refused',
    async (message) => {
      await using client = await begin(secure, true, message)
      await expectEnd(client, 'login')
    },
  )

  it('P-6.4: a login with SCRAM and no message is refused', async () => {
    await using client = await begin(folder, false)
    await expectEnd(client, 'login')
  })

  it('P-6.18: a login that is bound to another channel is refused', async () => {
    const scram = new ScramClient(
      { user: 'anna', keys: (salt, iterations) => deriveKeys(PASSWORD, salt, iterations) },
      Buffer.alloc(32),
    )
    await using client = await begin(secure, true, scram.first())
    const { reply } = await client.take('challenge')
    client.send({ id: 2, type: 'response', message: await scram.final(reply.message) })
    await expectEnd(client, 'login')
  })

  it('P-6.19: the name may be typed in any case', async () => {
    await using client = await RawClient.loginAs(at(folder), 'ANNA', PASSWORD)
    await expectKept(client)
  })

  it.each([
    ['another password', 'anna', 'wrong'],
    ['another user', 'nobody', PASSWORD],
  ])('P-6.22, P-6.23: %s ends the connection', async (_, user, password) => {
    await using client = await RawClient.connect(at(folder))
    client.hello()
    await client.take('welcome')
    await expect(client.prove(user, password)).rejects.toThrow('the user name or the password is not right')
    expect(await client.next()).toBeUndefined()
  })

  it.each([
    ['a request', { id: 3, type: 'list', path: '' }],
    ['another login', { id: 3, type: 'login', mechanism: 'SCRAM-SHA-256', message: 'n,,n=a,r=b' }],
    ['hello', { id: 3, type: 'hello', versions: [1], client: 'x' }],
    ['the response to another login', { id: 1, type: 'response', message: 'c=biws,r=x,p=y' }],
  ])('P-6.1: %s instead of the response is a violation', async (_, message) => {
    await using client = await begin(folder, false, 'n,,n=anna,r=0123456789abcdef')
    await client.take('challenge')
    client.send(message)
    await expectEnd(client, 'protocol')
  })

  it.each(['before the login', 'after it'])('P-6.1: a response %s is a violation', async (when) => {
    await using client =
      when === 'after it'
        ? await RawClient.loginAs(at(folder), 'anna', PASSWORD)
        : await RawClient.connect(at(folder))
    client.send({ id: 2, type: 'response', message: 'c=biws,r=x,p=y' })
    await expectEnd(client, 'protocol')
  })

  it('a disabled account is told so, but only who has its password', async () => {
    await addAccount(folder.root, 'otto', { enabled: false })
    await expect(RawClient.loginAs(at(folder), 'otto', PASSWORD)).rejects.toThrow('otto is disabled')
    await expect(RawClient.loginAs(at(folder), 'otto', 'wrong')).rejects.toThrow('is not right')
  })
})

describe('an account that is changed while it is logged in', () => {
  const list = { type: 'list', path: '' }

  it('P-6.24: has its new rights and its new home with the next request', async () => {
    await addAccount(folder.root, 'eva', { home: parsePath('eva') })
    await using client = await RawClient.loginAs(at(folder), 'eva', PASSWORD)
    await client.ask({ type: 'mkdir', path: 'one' }, 'done')
    await setAccount(folder.root, 'eva', { permissions: ['list'], home: parsePath('shared/place') })
    expect((await client.ask(list, 'entries')).entries).toEqual([])
    expect(await client.ask({ type: 'mkdir', path: 'two' }, 'error')).toMatchObject({ code: 'forbidden' })
    expect(fs.readdirSync(folder.at('eva'))).toEqual(['one'])
    expect(fs.readdirSync(folder.at('shared/place'))).toEqual([])
  })

  it.each<[string, (name: string) => Promise<void>]>([
    [
      'is removed',
      async (name) => void (await withAccounts(folder.root, (accounts) => accounts.remove(name))),
    ],
    ['is disabled', async (name) => setAccount(folder.root, name, { enabled: false })],
    [
      'is made anew',
      async (name) => {
        await withAccounts(folder.root, (accounts) => accounts.remove(name))
        await addAccount(folder.root, name)
      },
    ],
  ])('P-6.24: and %s is told with its next request, and served no more', async (what, change) => {
    const name = `user-${what.replaceAll(' ', '-')}`
    await addAccount(folder.root, name)
    await using client = await RawClient.loginAs(at(folder), name, PASSWORD)
    await client.ask(list, 'entries')
    await change(name)
    client.request(list)
    client.request(list)
    await expectEnd(client, 'login')
  })
})

it('a home is made when it is first needed, and nothing above it can be reached', async () => {
  await addAccount(folder.root, 'max', { home: parsePath('homes/max') })
  folder.write('above.txt', 'x')
  await using client = await RawClient.loginAs(at(folder), 'max', PASSWORD)
  expect(folder.has('homes')).toBe(false)
  expect(await client.ask({ type: 'stat', path: '' }, 'entry')).toMatchObject({
    entry: { type: 'directory' },
  })
  const escapes = ['..', '../above.txt', '../../above.txt', '/above.txt', 'a/../../above.txt']
  for (const path of escapes)
    expect((await client.ask({ type: 'stat', path }, 'error')).code, path).toBe('name')
  expect((await client.ask({ type: 'stat', path: 'above.txt' }, 'error')).code).toBe('not_found')
  expect((await client.ask({ type: 'stat', path: 'homes' }, 'error')).code).toBe('not_found')
})

describe('who is told from whom', () => {
  /** A whole attempt with a wrong password. @returns everything the server said */
  async function attempt(user: string): Promise<Reply[]> {
    await using client = await begin(folder, false, `n,,n=${user},r=0123456789abcdef`)
    const { reply } = await client.take('challenge')
    const nonce = /r=([^,]*)/.exec(reply.message)?.[1]
    const proof = Buffer.alloc(32, 1).toString('base64')
    client.send({ id: 2, type: 'response', message: `c=biws,r=${nonce},p=${proof}` })
    return [reply, ...(await client.rest()).map((received) => received.reply)]
  }
  const salt = ([reply]: Reply[]): string | undefined =>
    reply?.type === 'challenge' ? /s=([^,]*)/.exec(reply.message)?.[1] : undefined

  it('P-6.22: an unknown user is answered as a known one, and always in the same way', async () => {
    const unknown = [await attempt('ghost'), await attempt('GHOST'), await attempt('other')]
    expect(salt(unknown[0] ?? [])).toBe(salt(unknown[1] ?? []))
    expect(salt(unknown[0] ?? [])).not.toBe(salt(unknown[2] ?? []))
    const known = await attempt('anna')
    const shape = (replies: Reply[]): unknown[] =>
      replies.map((reply) =>
        reply.type === 'challenge'
          ? reply.message.replace(/[A-Za-z0-9+/]{20,}/g, 'x').replace(/i=.*/, '').length
          : reply,
      )
    for (const replies of unknown) expect(shape(replies)).toEqual(shape(known))
  })
})
