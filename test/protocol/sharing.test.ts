import fs from 'node:fs'
import { parsePath } from '@ftp/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD, setAccount, withAccounts } from '../support/accounts.ts'
import { withCredentials } from '../support/login-state.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Tokens and share links: PROTOCOL.md, sections 6 and 12, against a real server with two handler threads. */
const VERIFIER = {
  salt: '0'.repeat(32),
  iterations: 600_000,
  storedKey: '1'.repeat(64),
  serverKey: '2'.repeat(64),
}

let folder: ServedFolder
let anna: RawClient
let otto: RawClient
beforeAll(async () => {
  folder = await ServedFolder.start({ threads: 2 })
})
afterAll(() => folder[Symbol.asyncDispose]())
beforeEach(async () => {
  for (const name of ['anna', 'otto']) {
    // What belongs to an account goes with it.
    await withAccounts(folder.root, (accounts) => accounts.remove(name))
    await addAccount(folder.root, name, { home: parsePath(name) })
  }
  fs.rmSync(folder.at('anna'), { recursive: true, force: true })
  folder.write('anna/pics/one.txt', 'one')
  fs.symlinkSync('pics', folder.at('anna/link'))
  anna = await RawClient.loginAs(folder.server, 'anna', PASSWORD)
  otto = await RawClient.loginAs(folder.server, 'otto', PASSWORD)
})
afterEach(async () => {
  for (const client of [anna, otto]) await client[Symbol.asyncDispose]()
})

async function refusal(client: RawClient, request: Parameters<RawClient['request']>[0]): Promise<string> {
  return (await client.ask(request, 'error')).code
}

const inAnHour = (): number => (Date.now() + 3_600_000) * 1_000

describe('tokens', () => {
  it('P-6.26: are made with a secret that is shown once, listed without it, and revoked', async () => {
    const expires = inAnHour()
    const wanted = { name: 'my backup', permissions: ['list', 'read'], expires }
    const { secret, token } = await anna.ask({ type: 'token', ...wanted }, 'token')
    expect(secret).toMatch(/^ftpt_[0-9a-z]{31}$/)
    expect(token).toEqual({ ...wanted, created: expect.any(Number) })
    await anna.ask({ type: 'token', name: 'other' }, 'token')
    const { tokens, last } = await anna.ask({ type: 'tokens' }, 'tokens')
    expect(tokens).toEqual([
      { ...wanted, created: expect.any(Number) },
      { name: 'other', created: expect.any(Number) },
    ])
    expect(last).toBe(true)
    expect((await otto.ask({ type: 'tokens' }, 'tokens')).tokens).toEqual([])
    expect(await refusal(anna, { type: 'token', name: 'other' })).toBe('exists')
    expect(await refusal(otto, { type: 'revoke', name: 'other' })).toBe('not_found')
    await anna.ask({ type: 'revoke', name: 'other' }, 'done')
    expect(await refusal(anna, { type: 'revoke', name: 'other' })).toBe('not_found')
  })

  it.each([
    { name: '' },
    { name: ' ' },
    { name: 'x'.repeat(65) },
    { name: 'a\nb' },
    { name: 't', expires: 1 },
  ])('P-6.26: %j is refused', async (wanted) => {
    expect(await refusal(anna, { type: 'token', ...wanted })).toBe('bad_request')
    expect((await anna.ask({ type: 'tokens' }, 'tokens')).tokens).toEqual([])
  })

  it('P-6.26: permissions that no account has are refused', async () => {
    expect(await refusal(anna, { type: 'token', name: 't', permissions: ['root'] })).toBe('bad_request')
  })

  it('P-6.27: cannot log in to this protocol', async () => {
    const { secret } = await anna.ask({ type: 'token', name: 't' }, 'token')
    await expect(RawClient.loginAs(folder.server, 'anna', secret)).rejects.toThrow('is not right')
  })
})

describe('share links', () => {
  it('P-12.11, P-12.12: are made with a secret that is shown once, listed without it, and removed', async () => {
    const expires = inAnHour()
    const wanted = { path: 'pics', access: 'upload', expires, mostUses: 3 } as const
    const { secret, link } = await anna.ask({ type: 'share', ...wanted, verifier: VERIFIER }, 'shared')
    expect(secret).toMatch(/^ftpl_[0-9a-z]{31}$/)
    expect(link).toEqual({
      ...wanted,
      id: expect.any(String),
      created: expect.any(Number),
      uses: 0,
      hasPassword: true,
    })
    await anna.ask({ type: 'share', path: 'pics/one.txt', access: 'read' }, 'shared')
    const { links, last } = await anna.ask({ type: 'shares' }, 'shares')
    expect(links).toEqual([
      { ...link, created: expect.any(Number) },
      {
        ...{ id: expect.any(String), path: 'pics/one.txt', access: 'read' },
        created: expect.any(Number),
        uses: 0,
        hasPassword: false,
      },
    ])
    expect(last).toBe(true)
    expect((await otto.ask({ type: 'shares' }, 'shares')).links).toEqual([])
    expect(await refusal(otto, { type: 'unshare', link: link.id })).toBe('not_found')
    await anna.ask({ type: 'unshare', link: link.id }, 'done')
    expect(await refusal(anna, { type: 'unshare', link: link.id })).toBe('not_found')
    expect((await anna.ask({ type: 'shares' }, 'shares')).links).toHaveLength(1)
  })

  it.each([
    ['not_found', { path: 'missing', access: 'read' }],
    ['not_file', { path: 'link', access: 'read' }],
    ['forbidden', { path: 'link/one.txt', access: 'read' }],
    ['not_directory', { path: 'pics/one.txt', access: 'upload' }],
    ['bad_request', { path: 'pics', access: 'write' }],
    ['bad_request', { path: 'pics', access: 'read', mostUses: 0 }],
    ['bad_request', { path: 'pics', access: 'read', mostUses: -1 }],
    ['bad_request', { path: 'pics', access: 'read', expires: 1 }],
    ['bad_request', { path: 'pics', access: 'read', verifier: { ...VERIFIER, iterations: 600_001 } }],
    ['name', { path: '../otto', access: 'read' }],
  ] as const)('P-12.11: the answer is %s to %j', async (code, wanted) => {
    expect(await refusal(anna, { type: 'share', ...wanted })).toBe(code)
    expect((await anna.ask({ type: 'shares' }, 'shares')).links).toEqual([])
  })

  it('P-6.26, P-12.12: and tokens are not for those without an account', async () => {
    await using nobody = await RawClient.login(folder.server)
    for (const request of [
      { type: 'share', path: 'anna', access: 'read' },
      { type: 'shares' },
      { type: 'unshare', link: 'x' },
      { type: 'token', name: 't' },
      { type: 'tokens' },
      { type: 'revoke', name: 't' },
    ] as const)
      expect(await refusal(nobody, request), request.type).toBe('forbidden')
  })

  it('P-12.13: tell no path that their account can no longer reach', async () => {
    await anna.ask({ type: 'share', path: 'pics', access: 'read' }, 'shared')
    await setAccount(folder.root, 'anna', { home: parsePath('elsewhere') })
    const [link] = (await anna.ask({ type: 'shares' }, 'shares')).links
    expect(link).toMatchObject({ access: 'read' })
    expect(link).not.toHaveProperty('path')
  })

  it('P-12.12: come in as many frames as they need', async () => {
    const folderName = 'x'.repeat(200)
    const path = Array.from({ length: 4 }, () => folderName).join('/')
    fs.mkdirSync(folder.at(`anna/${path}`), { recursive: true })
    await withCredentials(folder.root, async ({ links }) => {
      const target = { account: 'anna', path: parsePath(`anna/${path}`), kind: 'folder' } as const
      const rest = { expires: undefined, mostUses: undefined, verifier: undefined }
      for (let count = 0; count < 100; count++) await links.add({ ...target, ...rest })
    })
    anna.request({ type: 'shares' })
    let [frames, count] = [0, 0]
    for (let isLast = false; !isLast; frames++) {
      const { links, last = false } = (await anna.take('shares')).reply
      count += links.length
      isLast = last
    }
    expect(count).toBe(100)
    expect(frames).toBeGreaterThan(1)
  })
})
