import fs from 'node:fs'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { connect } from '@ftp/client'
import { parsePath } from '@ftp/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD, setAccount, withAccounts } from '../support/accounts.ts'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { closed, connectFrom } from '../support/connections.ts'
import { runAs } from '../support/in-process-client.ts'
import { AS_ANYBODY, Program, type ProgramEvent, parseEvents } from '../support/program.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { TempDir } from '../support/temp-dir.ts'
import { Terminal } from '../support/terminal.ts'

/** Logging in from the command line, over TLS, as people and scripts do. Most commands run in this process. */
let served: ServedFolder
let home: TempDir
beforeAll(async () => {
  served = await ServedFolder.start({ plaintext: false, anonymous: 'none' })
  await addAccount(served.root, 'anna', { home: parsePath('anna') })
  await addAccount(served.root, 'otto', { home: parsePath('otto'), permissions: ['list', 'read'] })
})
afterAll(() => served[Symbol.asyncDispose]())
beforeEach(() => {
  home = new TempDir()
})
afterEach(() => home[Symbol.dispose]())

/** What every client here finds in its environment. */
const environment = (): Record<string, string> => ({ FTP_CLIENT_CONFIG: home.at('config') })
const address = (): string => `127.0.0.1:${served.server.port}`
const config = (): string[] =>
  fs.existsSync(home.at('config')) ? fs.readdirSync(home.at('config')).sort() : []

interface RunOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

async function run(args: readonly string[], { input = '', env = {} }: RunOptions = {}): Promise<Finished> {
  const printed = new PassThrough()
  const options = { environment: { ...environment(), ...env }, input }
  const [{ code, text: stderr }, stdout] = await Promise.all([
    runAs(printed, args, options).finally(() => printed.end()),
    text(printed),
  ])
  return { code, stdout, stderr, events: parseEvents(stdout) }
}

/** What a command has come to that has run in this process. */
interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly events: readonly ProgramEvent[]
}

async function logIn(user: string, ...more: string[]): Promise<Finished> {
  const args = ['login', `${user}@${address()}`, '--password-stdin', ...more]
  return await run(args, { input: `${PASSWORD}\n` })
}

describe('After a login', () => {
  it('commands need neither server nor password, until the logout', async () => {
    const login = await logIn('Anna')
    expect(login).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('The login has confirmed its key'),
    })
    expect(login.stdout).toMatch(
      /^Logged in to \S+ as anna\n {2}may {4}list, read, .*\n {2}home {3}\/anna\n$/,
    )

    fs.writeFileSync(home.at('note.txt'), 'hello')
    expect(await run(['put', home.at('note.txt')])).toMatchObject({ code: 0 })
    expect(Buffer.from(served.read('anna/note.txt')).toString()).toBe('hello')
    expect((await run(['cat', 'note.txt'])).stdout).toBe('hello')
    expect((await run(['whoami'])).stdout).toMatch(/^anna on /)
    const { events } = await run(['--json', 'whoami'])
    expect(events).toMatchObject([
      { event: 'account', name: 'anna', home: '/anna', server: address() },
      { event: 'summary', exitCode: 0 },
    ])

    expect((await run(['logout'])).code).toBe(0)
    expect((await run(['logout'])).code).toBe(3)
    expect(await run(['-s', `anna@${address()}`, 'ls'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`log in with: ftp-client login anna@${address()}`),
    })
  })

  it('what is kept is for this user alone, and no password', async () => {
    await logIn('anna')
    expect(config()).toEqual(['known-servers.json', 'logins.json'])
    for (const name of config()) {
      expect(fs.statSync(home.at('config', name)).mode & 0o077).toBe(0)
      expect(fs.readFileSync(home.at('config', name), 'utf8')).not.toContain(PASSWORD)
    }
  })

  it('logins have names, and each is found by its name or its address', async () => {
    await logIn('anna', '--as', 'mine')
    await logIn('otto', '--as', 'his')
    const who = async (...args: string[]): Promise<unknown> =>
      (await run(['--json', 'whoami', ...args])).events[0]?.name
    expect(await who()).toBe('otto')
    expect(await who('-s', 'mine')).toBe('anna')
    expect(await who('-s', `anna@${address()}`)).toBe('anna')
    const env = { FTP_SERVER: address(), FTP_USER: 'anna' }
    expect((await run(['--json', 'whoami'], { env })).events[0]?.name).toBe('anna')
    expect(await run(['logout', 'mine'])).toMatchObject({ code: 0 })
    expect(await run(['logout', 'mine'])).toMatchObject({ code: 3 })
    expect(await who()).toBe('otto')
  })

  it('a new password is asked for when it has been changed', async () => {
    await logIn('otto')
    const before = await withAccounts(served.root, (accounts) => accounts.find('otto'))
    await withAccounts(served.root, (accounts) => accounts.remove('otto'))
    await addAccount(served.root, 'otto', {}, 'another')
    expect(await run(['ls'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(
        'the login of otto is no longer valid, because the password was changed or the account removed; log in with: ftp-client login otto@',
      ),
    })
    const { code } = await run(['login', '--password-stdin'], { input: 'another' })
    expect(code).toBe(0)
    expect((await run(['ls'])).code).toBe(0)
    await setAccount(served.root, 'otto', { ...before })
  })

  it('a library finds it too', async () => {
    await logIn('anna')
    using client = await connect(address(), { config: home.at('config') })
    expect(await client.account()).toMatchObject({ name: 'anna' })
  })
})

describe('Without a login', () => {
  it('a script gives user and password in the environment', async () => {
    const env = { FTP_SERVER: address(), FTP_USER: 'anna', FTP_PASSWORD: PASSWORD }
    expect((await run(['--json', 'whoami'], { env })).events[0]?.name).toBe('anna')
    expect(config()).toEqual(['known-servers.json'])
  })

  it('a password of nobody is not just passed over', async () => {
    expect(await run(['-s', address(), 'ls'], { env: { FTP_PASSWORD: PASSWORD } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is a password, but no user; name the user'),
    })
  })

  it('or the password on standard input, which then cannot be the file', async () => {
    const global = ['-s', `anna@${address()}`, '--password-stdin']
    expect((await run([...global, '--json', 'whoami'], { input: PASSWORD })).events[0]?.name).toBe('anna')
    expect(await run([...global, 'put', '-', '--to', 'f'], { input: PASSWORD })).toMatchObject({ code: 2 })
  })

  it('a library gives it as an option', async () => {
    const options = { config: home.at('config'), user: 'anna', password: PASSWORD }
    using client = await connect(address(), options)
    await client.put(Buffer.from('x'), 'from-library')
    expect(served.has('anna/from-library')).toBe(true)
    await expect(connect(address(), { ...options, password: 'wrong' })).rejects.toMatchObject({
      code: 'login',
    })
  })

  it('everybody is told to log in', async () => {
    expect(await run(['-s', address(), 'ls'])).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /admits users with an account only; log in with: ftp-client login <user>@127\.0\.0\.1:\d+\n/,
      ),
    })
  })
})

describe('A login that fails', () => {
  it.each<[string, string, string, RegExp, number]>([
    ['a wrong password', 'anna', 'wrong', /the user name or the password is not right/, 4],
    ['an unknown user', 'ghost', PASSWORD, /the user name or the password is not right/, 4],
    ['no password', 'anna', '', /cannot be a password: it is empty/, 2],
  ])('with %s leaves nothing behind', async (_, user, input, reason, code) => {
    const result = await run(['login', `${user}@${address()}`, '--password-stdin'], { input })
    expect(result).toMatchObject({ code, stderr: expect.stringMatching(reason) })
    expect(config()).toEqual([])
  })

  it('without a user or a terminal says what to type', async () => {
    expect(await run(['login', address()])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`type ftp-client login <user>@${address()}, or set FTP_USER`),
    })
    expect(await run(['login', `anna@${address()}`])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('there is no terminal to ask for the password; use --password-stdin'),
    })
  })

  it('leaves an earlier one as it was', async () => {
    await logIn('anna')
    const before = config().map((name) => fs.readFileSync(home.at('config', name), 'utf8'))
    expect((await run(['login', '--password-stdin'], { input: 'wrong' })).code).toBe(4)
    expect(config().map((name) => fs.readFileSync(home.at('config', name), 'utf8'))).toEqual(before)
  })
})

it('a client that was not told to does not speak plaintext: who listens hears no name', async () => {
  await using plain = await ServedFolder.start()
  const heard: Buffer[] = []
  await using proxy = await ChaosProxy.start(plain.server.port, () => ({
    watch: (direction, chunk) => void (direction === 'up' && heard.push(chunk)),
  }))
  const args = ['login', `anna@127.0.0.1:${proxy.port}`, '--password-stdin']
  expect(await run(args, { input: PASSWORD })).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('no encrypted connection'),
  })
  expect(heard.length).toBeGreaterThan(0)
  expect(Buffer.concat(heard).toString('latin1')).not.toMatch(/anna|login|hello/)
  expect(config()).toEqual([])
})

describe('After failed logins from one address', () => {
  let strict: ServedFolder
  beforeAll(async () => {
    strict = await ServedFolder.start({ plaintext: false, anonymous: 'none', limits: { trusted: [] } })
    await addAccount(strict.root, 'anna')
    await addAccount(strict.root, 'otto')
  })
  afterAll(() => strict[Symbol.asyncDispose]())
  const as = (user: string, password: string): Promise<Finished> => {
    const server = ['-s', `${user}@127.0.0.1:${strict.server.port}`]
    const fingerprint = ['--fingerprint', strict.server.fingerprint ?? '']
    return run([...server, ...fingerprint, 'whoami'], { env: { FTP_PASSWORD: password } })
  }

  it('a login is refused with the reason and the time, and who has logged in from there comes in', async () => {
    expect(await as('anna', PASSWORD)).toMatchObject({ code: 0 })
    expect(await as('otto', 'mistyped')).toMatchObject({
      ...{ code: 4, stderr: expect.stringContaining('password is not right') },
    })
    // Penalties pass as time does: as many as last longer than this test.
    const { port } = strict.server
    const others = await Promise.all(Array.from({ length: 15 }, () => connectFrom('127.0.0.1', port)))
    await Promise.all(others.map((socket) => closed(socket.end('no protocol').resume())))
    for (const password of ['mistyped', PASSWORD]) {
      const { code, stderr } = await as('otto', password)
      expect(stderr).toMatch(
        /takes no logins from your address for \d+ s, because too many have failed; try again then/,
      )
      expect(code).toBe(4)
      expect(stderr).not.toMatch(/plaintext|ECONNRESET/)
    }
    expect(await as('anna', PASSWORD)).toMatchObject({ code: 0 })
    // Nobody can tell from the answer that anna is exempt.
    const wrong = await as('anna', 'a guess')
    expect(wrong).toMatchObject({ code: 4, stderr: expect.stringContaining('takes no logins') })
  })
})

it('a full server says that it is full, with exit code 4', async () => {
  await using full = await ServedFolder.start({ plaintext: false, limits: { connections: 1 } })
  const only = await RawClient.login({ host: '127.0.0.1', port: full.server.port, secure: true })
  const { code, stderr } = await run(['-s', `127.0.0.1:${full.server.port}`, 'ls'])
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: expect.stringContaining('too many connections; try again'),
  })
  await only[Symbol.asyncDispose]()
})

it('a server with another key is refused before anything is sent, and the message says what to do', async () => {
  await logIn('anna')
  await using other = await ServedFolder.start({ plaintext: false, port: 0 })
  const pins = home.at('config', 'known-servers.json')
  const forged = fs
    .readFileSync(pins, 'utf8')
    .replace(served.server.fingerprint ?? '?', other.server.fingerprint ?? '?')
  fs.writeFileSync(pins, forged)
  const result = await run(['ls'])
  expect(result).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(
      /the key of \S+ has changed, so nothing was sent.*accept it with --fingerprint sha256:/,
    ),
  })
  expect(fs.readFileSync(pins, 'utf8')).toBe(forged)
  expect((await run(['ls', '--fingerprint', served.server.fingerprint ?? ''])).code).toBe(0)
  expect((await run(['ls'])).code).toBe(0)
})

describe('A server with a new address', () => {
  const stored = (): unknown => JSON.parse(fs.readFileSync(home.at('config', 'logins.json'), 'utf8'))
  const who = async (...args: string[]): Promise<unknown> =>
    (await run(['--json', 'whoami', ...args])).events[0]?.name

  it('is known by its key, and the login moves there', async () => {
    await logIn('anna')
    await logIn('otto', '--as', 'his')
    // Another port is another address.
    await using moved = await ChaosProxy.start(served.server.port)
    const there = `127.0.0.1:${moved.port}`
    expect(await who('-s', `anna@${there}`)).toBe('anna')
    expect(await who('-s', there)).toBe('anna')
    expect(await who()).toBe('otto')
    expect(stored()).toMatchObject({
      last: 'his',
      profiles: { [there]: { user: 'anna', port: moved.port }, his: { port: served.server.port } },
    })
    expect(await who('-s', `otto@${there}`)).toBe('otto')
    expect(stored()).toMatchObject({ last: 'his', profiles: { his: { port: moved.port } } })
  })

  it('gets no login if its key is another one', async () => {
    await using other = await ServedFolder.start({ plaintext: false, anonymous: 'read' })
    await addAccount(other.root, 'anna')
    await logIn('anna')
    const before = stored()
    expect(await who('-s', `127.0.0.1:${other.server.port}`)).toBe('anonymous')
    expect(await run(['-s', `anna@127.0.0.1:${other.server.port}`, 'ls'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('there is no password for anna'),
    })
    expect(stored()).toEqual(before)
  })

  it('gets no login if another key is known at this address', async () => {
    await logIn('anna')
    const before = stored()
    await using moved = await ChaosProxy.start(served.server.port)
    const pins = home.at('config', 'known-servers.json')
    const known = JSON.parse(fs.readFileSync(pins, 'utf8'))
    known[`127.0.0.1:${moved.port}`] = `sha256:${'0a'.repeat(32)}`
    fs.writeFileSync(pins, JSON.stringify(known))
    expect(await run(['-s', `127.0.0.1:${moved.port}`, 'ls'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('has changed, so nothing was sent'),
    })
    expect(stored()).toEqual(before)
  })
})

it('a folder in which nothing can be kept is named, with the option that names another', async () => {
  fs.mkdirSync(home.at('config'), { mode: 0o500 })
  const options = { cwd: home.path, env: environment(), under: AS_ANYBODY }
  const args = ['-s', `anna@${address()}`, '--password-stdin', 'ls']
  await using program = new Program('apps/client/src/main.ts', args, options)
  program.stdin.end(PASSWORD)
  const { code, stderr } = await program.result()
  expect(stderr).toMatch(/"\S+known-servers\.json": .*denies access.*with --config or FTP_CLIENT_CONFIG\n$/)
  expect(code).toBe(4)
})

it('a person is asked for user and password, and nobody sees the password', async () => {
  const size = { cwd: home.path, columns: 100, rows: 20, env: environment() }
  await using terminal = await Terminal.start(['login', address()], size)
  await terminal.shows(/User on 127\.0\.0\.1:\d+:/)
  await terminal.type('anna', 'Enter')
  await terminal.shows(/Password of anna on/)
  await terminal.type(PASSWORD, 'Enter')
  expect(await terminal.shows(/Logged in to .* as anna/)).not.toContain(PASSWORD)
  await using again = await Terminal.start(['-s', `otto@${address()}`, 'whoami'], size)
  await again.shows(/Password of otto on/)
  await again.type(PASSWORD, 'Enter')
  await again.shows(/otto on 127/)
  expect(fs.readFileSync(path.join(home.at('config'), 'logins.json'), 'utf8')).not.toContain('otto')
})
