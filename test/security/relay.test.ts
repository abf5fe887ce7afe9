import fs from 'node:fs'
import { connect } from '@ftp/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { Relay, type Rewrites } from '../support/relay.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { TempDir } from '../support/temp-dir.ts'

/**
 * T02, T03, T04, T06: somebody in the middle, who ends TLS with a key of their own and passes on what comes, changed or
 * not, gets no login through, and the client remembers nothing of them.
 */
/** FTP_TEST_LOGINS asks for more. */
const LOGINS = Number(process.env['FTP_TEST_LOGINS'] ?? 200)

const AT_ONCE = 8

let served: ServedFolder
let home: TempDir
beforeAll(async () => {
  served = await ServedFolder.start({ plaintext: false })
  await addAccount(served.root, 'anna')
})
afterAll(() => served[Symbol.asyncDispose]())
beforeEach(() => {
  home = new TempDir()
})
afterEach(() => home[Symbol.dispose]())

const startRelay = (rewrites?: Rewrites): Promise<Relay> =>
  Relay.start(served.server.port, home.at('relay.pem'), rewrites)
const files = (): string[] => (fs.existsSync(home.at('config')) ? fs.readdirSync(home.at('config')) : [])

/** @returns how it ended: `in`, or the code and message of the refusal */
async function logIn(port: number, user = 'anna', password = PASSWORD): Promise<string> {
  const options = { config: home.at('config'), password, retryForMs: 0, timeoutMs: 60_000 }
  try {
    using _ = await connect(`${user}@127.0.0.1:${port}`, options)
    return 'in'
  } catch (error) {
    const { code, message } = error as { readonly code: string; readonly message: string }
    return `${code}: ${message}`
  }
}

it('control: the relay does pass a conversation on, and a password through a proxy that keeps TLS', async () => {
  await using relay = await startRelay()
  expect(await logIn(relay.port, 'anonymous')).toBe('in')
  await using proxy = await ChaosProxy.start(served.server.port)
  expect(await logIn(proxy.port)).toBe('in')
})

it(`of ${LOGINS} first contacts through it none logs in, and its key is not remembered`, async () => {
  await using relay = await startRelay()
  const ends = new Set<string>()
  const attempts = async (): Promise<void> => {
    for (let i = 0; i < LOGINS / AT_ONCE; i++) ends.add(await logIn(relay.port))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, attempts))
  expect([...ends]).toEqual([expect.stringMatching(/^login: somebody stands between/)])
  // Each got as far as a proof: the binding is what has failed.
  expect(relay.heard.filter(({ type }) => type === 'response').length).toBe(LOGINS)
  expect(files()).toEqual([])
})

it('a client that knows the server says not a word to it', async () => {
  expect(await logIn(served.server.port)).toBe('in')
  const pins = fs.readFileSync(home.at('config', 'known-servers.json'), 'utf8')
  await using relay = await startRelay()
  const moved = pins.replaceAll(`:${served.server.port}"`, `:${relay.port}"`)
  fs.writeFileSync(home.at('config', 'known-servers.json'), moved)
  expect(await logIn(relay.port)).toMatch(/^login: the key of \S+ has changed, so nothing was sent/)
  expect(relay.bytes).toBe(0)
  expect(fs.readFileSync(home.at('config', 'known-servers.json'), 'utf8')).toBe(moved)
})

describe('a relay that also changes what is said', () => {
  const offering = (...mechanisms: string[]): Rewrites => ({
    down: (header) => (header['type'] === 'welcome' ? { ...header, mechanisms } : header),
  })
  const challenging = (change: (message: string) => object): Rewrites => ({
    down: (header) =>
      header['type'] === 'challenge' ? { id: header['id'], ...change(String(header['message'])) } : header,
  })
  const account = { name: 'anna', permissions: [], home: '/' }

  it.each<[string, Rewrites]>([
    ['offers no binding', offering('SCRAM-SHA-256')],
    ['offers no password', offering('ANONYMOUS')],
    ['offers something older', offering('PLAIN', 'CRAM-MD5', 'SCRAM-SHA-1-PLUS')],
    ['offers nothing', offering()],
  ])('%s: nothing about the user is said', async (_, rewrites) => {
    await using relay = await startRelay(rewrites)
    expect(await logIn(relay.port)).toMatch(/^login: the server offers no safe way to log in/)
    expect(relay.heard.map(({ type }) => type)).toEqual(['hello'])
    expect(files()).toEqual([])
  })

  it.each<[string, Rewrites]>([
    ['asks for 1 iteration', challenging((m) => ({ type: 'challenge', message: m.replace(/i=\d+/, 'i=1') }))],
    [
      'asks for 2^31',
      challenging((m) => ({ type: 'challenge', message: m.replace(/i=\d+/, 'i=2147483648') })),
    ],
    [
      'sends a short salt',
      challenging((m) => ({ type: 'challenge', message: m.replace(/s=[^,]*/, 's=AAAA') })),
    ],
    [
      'sends its own nonce',
      challenging((m) => ({ type: 'challenge', message: m.replace(/r=[^,]*/, 'r=abcdef') })),
    ],
  ])('%s: no proof is made', async (_, rewrites) => {
    await using relay = await startRelay(rewrites)
    expect(await logIn(relay.port)).toMatch(/^login: that server cannot be trusted/)
    expect(relay.heard.map(({ type }) => type)).toEqual(['hello', 'login'])
    expect(files()).toEqual([])
  })

  it.each<[string, Rewrites]>([
    ['accepts without a challenge', challenging(() => ({ type: 'accepted', account, message: 'v=AAAA' }))],
    [
      'accepts any proof',
      { down: (header) => (header['type'] === 'error' ? { id: 2, type: 'accepted', account } : header) },
    ],
    [
      'accepts any proof, with a signature',
      {
        down: (header) =>
          header['type'] === 'error'
            ? { id: 2, type: 'accepted', account, message: `v=${Buffer.alloc(32).toString('base64')}` }
            : header,
      },
    ],
  ])('%s: the client leaves', async (_, rewrites) => {
    await using relay = await startRelay(rewrites)
    expect(await logIn(relay.port)).toMatch(/^(login|protocol): /)
    expect(files()).toEqual([])
  })
})
