import fs from 'node:fs'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { parsePath } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD, setAccount, testVerifier } from '../support/accounts.ts'
import { type Run, runInto } from '../support/in-process-client.ts'
import { withCredentials } from '../support/login-state.ts'
import { parseEvents, type Result } from '../support/program.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { runServerCommand } from '../support/server-command.ts'
import { TempDir } from '../support/temp-dir.ts'
import { Terminal } from '../support/terminal.ts'

/** Links and tokens, made with the commands of both programs. */
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

let served: ServedFolder
let home: TempDir
beforeAll(async () => {
  served = await ServedFolder.start({ plaintext: false })
  home = new TempDir()
  await addAccount(served.root, 'anna', { home: parsePath('anna') })
  served.write('anna/pics/one.txt', 'one')
})
afterAll(async () => {
  home[Symbol.dispose]()
  await served[Symbol.asyncDispose]()
})

const address = (): string => `anna@127.0.0.1:${served.server.port}`
const environment = (): Record<string, string> => ({
  FTP_CLIENT_CONFIG: home.at('config'),
  FTP_SERVER: address(),
  FTP_PASSWORD: PASSWORD,
})

/** Runs a client command in this process, as {@link runHere} does. */
async function client(args: readonly string[]): Promise<Run & { readonly out: string }> {
  const stdout = new PassThrough()
  const [{ code, text: said }, out] = await Promise.all([
    runInto(stdout, args, {
      ...{ port: served.server.port, config: home.at('config'), global: ['-q'], flags: [] },
      environment: environment(),
    }).finally(() => stdout.end()),
    text(stdout),
  ])
  return { code, out, events: parseEvents(out), text: said }
}

function secretIn(url: string): string {
  expect(url).toMatch(new RegExp(`^https://127\\.0\\.0\\.1:${served.server.port}/s/ftpl_[0-9a-z]{31}$`))
  return url.slice(url.lastIndexOf('/') + 1)
}

describe('ftp-client share', () => {
  it('prints the URL of a new link, lists links, and removes them', async () => {
    fs.writeFileSync(home.at('word'), 'open sesame\n')
    const made = await client([
      'share',
      'pics',
      '--expires',
      '7d',
      '--uses',
      '3',
      '--password-file',
      home.at('word'),
    ])
    expect(made).toMatchObject({ code: 0, text: '' })
    const secret = secretIn(made.out.trimEnd())
    const link = await withCredentials(served.root, ({ links }) => links.find(secret))
    expect(link).toMatchObject({ account: 'anna', path: ['anna', 'pics'], kind: 'folder', mostUses: 3 })
    expect(link?.verifier?.iterations).toBe(600_000)
    expect(Math.abs((link?.expires ?? 0) / 1_000 - Date.now() - 7 * 86_400_000)).toBeLessThan(600_000)

    const upload = await client(['--json', 'share', '/pics/', '--upload'])
    expect(upload.events).toMatchObject([
      { event: 'shared', url: expect.stringContaining('/s/ftpl_'), path: 'pics', access: 'upload', uses: 0 },
      { event: 'summary', command: 'share', done: 1, exitCode: 0 },
    ])
    const { out } = await client(['share'])
    expect(out).toMatch(/^ID +ACCESS +USES +UNTIL +PASSWORD +PATH\n/)
    expect(out).toMatch(/^[0-9a-f]{10} +read +0 of 3 +\d{4}-\d\d-\d\d \d\d:\d\d +yes +\/pics$/m)
    expect(out).toMatch(/^[0-9a-f]{10} +upload +0 +removed +no +\/pics$/m)
    const { events } = await client(['--json', 'share', 'list'])
    expect(events).toMatchObject([{ event: 'share', hasPassword: true }, { event: 'share' }, { done: 2 }])

    const ids = events.flatMap((event) => ('id' in event ? [String(event.id)] : []))
    expect(await client(['share', 'remove', ...ids])).toMatchObject({ code: 0 })
    expect((await client(['share', 'list'])).out).toBe('')
    expect(await client(['share', 'remove', ids[0] ?? ''])).toMatchObject({ code: 3 })
  })

  it.each([
    [3, ['share', 'missing']],
    [5, ['share', 'pics/one.txt', '--upload']],
    [2, ['share', 'pics', 'more']],
    [2, ['share', 'remove']],
    [2, ['share', 'list', '--upload']],
    [2, ['share', 'pics', '--uses', '0']],
    [2, ['share', 'pics', '--expires', 'soon']],
    [2, ['share', 'pics', '--expires', '2020-01-01']],
    [4, ['share', 'pics', '--password']],
    [2, ['token', 'add']],
    [2, ['token', 'add', 'a', 'b']],
    [2, ['token', 'add', 'a', '--permissions', 'root']],
    [2, ['token', 'list', 'a']],
    [3, ['token', 'remove', 'none']],
  ])('exits with %i after %j, and makes nothing', async (code, args) => {
    const refused = await client(args)
    expect(refused).toMatchObject({ code, out: '', text: expect.stringMatching(/./) })
    await withCredentials(served.root, async ({ links, tokens }) => {
      expect([...(await links.list('anna')), ...(await tokens.list('anna'))]).toEqual([])
    })
  })

  it('shows a QR code on a terminal, asks for the password twice, and says how to end the link', async () => {
    const size = { cwd: home.path, columns: 100, rows: 50, env: environment() }
    await using terminal = await Terminal.start(['share', 'pics', '--password'], size)
    await terminal.shows(/Password of the link:/)
    await terminal.type('open sesame', 'Enter')
    await terminal.shows(/The same again:/)
    await terminal.type('open sesame', 'Enter')
    const screen = await terminal.shows(/To end it: .*\n/)
    expect(screen).toMatch(/[▀▄█]{20}/)
    expect(screen).toMatch(/works on this machine only/)
    expect(screen).not.toContain('sesame')
    const [, id = ''] = /To end it: ftp-client share remove ([0-9a-f]{10})/.exec(screen) ?? []
    expect(await client(['share', 'rm', id])).toMatchObject({ code: 0 })
  })
})

describe('ftp-client token', () => {
  it('prints a new token, lists tokens, and removes them', async () => {
    const made = await client(['token', 'add', 'my phone', '--permissions', 'read,list', '--expires', '90d'])
    expect(made).toMatchObject({ code: 0, text: '' })
    const secret = made.out.trimEnd()
    expect(await withCredentials(served.root, ({ tokens }) => tokens.find(secret))).toMatchObject({
      account: 'anna',
      name: 'my phone',
      permissions: ['list', 'read'],
    })
    expect(await client(['token', 'add', 'my phone'])).toMatchObject({ code: 5 })
    const { events } = await client(['--json', 'token', 'add', 'backup'])
    expect(events).toMatchObject([
      { event: 'token-added', secret: expect.stringMatching(/^ftpt_/), name: 'backup' },
      { event: 'summary' },
    ])
    const { out } = await client(['token'])
    expect(out).toMatch(/^backup +yours +never +removed\nmy phone +list,read +never +\d{4}-/m)
    expect(await client(['token', 'remove', 'my phone', 'backup'])).toMatchObject({ code: 0 })
    expect((await client(['--json', 'token', 'list'])).events).toMatchObject([{ event: 'summary', done: 0 }])
  })
})

/** Runs a command of the server. */
async function server(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args)
  expect([code, stderr]).toEqual([0, ''])
  return stdout.toString()
}

function run(...args: readonly string[]): Promise<Result> {
  return runServerCommand([...args, '--root', served.root], 'word of the link\n')
}

/** The events that it prints with `--json`. */
async function events(...args: readonly string[]): Promise<readonly object[]> {
  return parseEvents(await server(...args, '--json'))
}

async function codeOf(...args: readonly string[]): Promise<unknown> {
  const { code, events } = await run(...args, '--json')
  return code === 0 ? 'done' : events.find(({ event }) => event === 'error')?.['code']
}

describe('The operator', () => {
  it('makes links, sees those of everybody, and removes any', async () => {
    const out = await server('share', 'add', 'Anna', 'pics', '--uses', '2', '--password-stdin')
    expect(out).toMatch(/^\/s\/ftpl_[0-9a-z]{31}\n$/)
    const link = await withCredentials(served.root, ({ links }) => links.find(out.trim().slice(3)))
    expect(link).toMatchObject({ account: 'anna', path: ['anna', 'pics'], mostUses: 2 })
    expect(link?.verifier).toBeDefined()
    await client(['share', 'pics', '--upload'])
    expect(await server('share', 'list')).toMatch(
      /^ID .*\n[0-9a-f]{10} +anna +read +0 of 2 +removed +yes +\/pics\n[0-9a-f]{10} +anna +upload +0 +removed +no +\/pics\n$/,
    )
    const listed = await events('share', 'list', '--user', 'anna')
    expect(listed).toMatchObject([
      { event: 'share', user: 'anna', path: 'pics', hasPassword: true },
      { access: 'upload' },
    ])
    expect(JSON.stringify(listed)).not.toMatch(/ftpl_|salt|Key/)
    const ids = listed.flatMap((each) => ('id' in each ? [String(each.id)] : []))
    expect(await events('share', 'remove', ...ids)).toMatchObject(
      ids.map((id) => ({ event: 'share-remove', id })),
    )
    expect(await events('share', 'list')).toEqual([])
    expect(await codeOf('share', 'remove', ids[0] ?? '')).toBe('not_found')
    const audited = await events('audit', '--action', 'share-add')
    expect(audited.at(-2)).toMatchObject({ account: 'anna', address: expect.stringMatching(/^local:/) })
    expect(JSON.stringify(await events('audit'))).not.toMatch(/ftp[ltsv]_|word of the link/)
  })

  it('makes tokens, sees those of everybody, and removes any', async () => {
    const out = await server('token', 'add', 'anna', 'backup', '--permissions', 'read', '--expires', '7d')
    expect(await withCredentials(served.root, ({ tokens }) => tokens.find(out.trim()))).toMatchObject({
      ...{ account: 'anna', name: 'backup', permissions: ['read'] },
    })
    await client(['token', 'add', 'phone'])
    expect(await server('token', 'list')).toMatch(
      /^NAME .*\nbackup +anna +read +never +\d{4}-.*\nphone +anna/,
    )
    expect(await events('token', 'list', '--user', 'anna')).toMatchObject([
      { event: 'token', user: 'anna', name: 'backup' },
      { name: 'phone' },
    ])
    expect(await codeOf('token', 'add', 'anna', 'phone')).toBe('exists')
    expect(await server('user', 'passwd', 'anna', '--password-stdin')).toBe(
      'anna has a new password; still valid: 2 tokens\n',
    )
    await setAccount(served.root, 'anna', { verifier: await testVerifier() })
    await server('token', 'remove', 'anna', 'backup', 'phone')
    expect(await events('token', 'list')).toEqual([])
  })

  it('adds the public keys of users, lists and removes them', async () => {
    const fingerprint = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU'
    fs.writeFileSync(home.at('id.pub'), `${KEY} anna@laptop\n`)
    const [added] = await events('user', 'key', 'add', 'anna', home.at('id.pub'))
    expect(added).toMatchObject({
      event: 'key-add',
      user: 'anna',
      type: 'ssh-ed25519',
      fingerprint,
      comment: 'anna@laptop',
    })
    expect(await server('user', 'key', 'list')).toContain(`anna  ssh-ed25519  ${fingerprint}  anna@laptop`)
    expect(await codeOf('user', 'key', 'add', 'anna', home.at('id.pub'))).toBe('exists')
    await server('user', 'key', 'remove', 'anna', fingerprint)
    expect(await events('user', 'key', 'list', 'anna')).toEqual([])
    const audited = await events('audit', '--action', 'key-add')
    expect(audited).toMatchObject([{ account: 'anna', detail: fingerprint }])
  })

  it.each([
    ['not_found', ['share', 'add', 'ghost', '/']],
    ['not_found', ['share', 'add', 'anna', 'missing']],
    ['not_directory', ['share', 'add', 'anna', 'pics/one.txt', '--upload']],
    ['name', ['share', 'add', 'anna', '../otto']],
    ['bad_request', ['share', 'add', 'anna', '/', '--expires', '2020-01-01']],
    ['bad_request', ['share', 'add', 'anna', '/', '--uses', '0']],
    ['not_found', ['share', 'list', '--user', 'ghost']],
    ['not_found', ['token', 'add', 'ghost', 't']],
    ['bad_request', ['token', 'add', 'anna', '']],
    ['bad_request', ['token', 'add', 'anna', 't', '--permissions', 'root']],
    ['not_found', ['token', 'remove', 'anna', 't']],
    ['not_found', ['user', 'key', 'add', 'ghost', '-']],
    ['bad_request', ['user', 'key', 'add', 'anna', '-']],
    ['not_found', ['user', 'key', 'add', 'anna', '/nowhere.pub']],
    ['not_found', ['user', 'key', 'remove', 'anna', 'SHA256:x']],
  ])('is refused with %s: %j', async (code, args) => {
    expect(await codeOf(...args)).toBe(code)
    await withCredentials(served.root, async ({ links, tokens }) => {
      expect([...(await links.list()), ...(await tokens.list('anna'))]).toEqual([])
    })
  })
})
