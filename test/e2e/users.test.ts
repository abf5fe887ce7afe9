import fs from 'node:fs'
import path from 'node:path'
import { STATE_NAME } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { findEvents } from '../../apps/server/src/databases/sqlite/audit.ts'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import type { RecordedEvent } from '../../apps/server/src/state/audit-event.ts'
import { addAccount, withAccounts } from '../support/accounts.ts'
import { expectEnd } from '../support/expectations.ts'
import { Program } from '../support/program.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { TempDir } from '../support/temp-dir.ts'
import { Terminal } from '../support/terminal.ts'
import { user } from '../support/user-command.ts'

function withAudit(root: string): RecordedEvent[] {
  using database = openDatabase(path.join(root, STATE_NAME, 'state.db'))
  return [...findEvents(database, {})].flat()
}

const WITH_PASSWORD = ['--password-stdin']
const SERVER = 'apps/server/src/main.ts'

describe('ftp-server user', () => {
  it('adds, changes and removes accounts of a server that is running', async () => {
    await using folder = await ServedFolder.start({ anonymous: 'none' })
    const { root } = folder
    const added = await user(
      root,
      ['add', 'Anna', '--permissions', 'list,mkdir', ...WITH_PASSWORD],
      'secret words\n',
    )
    expect(added).toMatchObject({ code: 0, stderr: '' })
    expect(added.stdout.toString()).toBe('Added anna: home /anna, list,mkdir, no quota\n')

    await using client = await RawClient.loginAs(folder.server, 'anna', 'secret words')
    await client.ask({ type: 'mkdir', path: 'photos' }, 'done')
    expect(folder.has('anna/photos')).toBe(true)

    const set = [
      'set',
      'anna',
      '--permissions',
      'list',
      '--home',
      '/',
      '--quota',
      '10G',
      '--quota-files',
      '5',
    ]
    expect((await user(root, set)).stdout.toString()).toBe(
      'Now anna: home /, list, at most 10.0 GiB and 5 files\n',
    )
    expect((await client.ask({ type: 'list', path: '' }, 'entries')).entries).toMatchObject([
      { name: 'anna' },
    ])
    expect((await client.ask({ type: 'mkdir', path: 'more' }, 'error')).code).toBe('forbidden')

    expect((await user(root, ['passwd', 'anna', ...WITH_PASSWORD], 'another one')).code).toBe(0)
    client.request({ type: 'list', path: '' })
    await expectEnd(client, 'login')
    await expect(RawClient.loginAs(folder.server, 'anna', 'secret words')).rejects.toThrow('is not right')
    await using again = await RawClient.loginAs(folder.server, 'anna', 'another one')
    await again.ask({ type: 'ping' }, 'done')

    expect((await user(root, ['set', 'anna', '--disable'])).stdout.toString()).toContain('disabled')
    await expect(RawClient.loginAs(folder.server, 'anna', 'another one')).rejects.toThrow('is disabled')
    const enabled = await user(root, ['set', 'anna', '--enable', '--quota', 'none', '--doors', 'web,sftp'])
    expect(enabled.stdout.toString()).toContain('at most 5 files, only by web, sftp\n')
    await expect(RawClient.loginAs(folder.server, 'anna', 'another one')).rejects.toThrow(/this door \(ftx\)/)
    expect((await user(root, ['set', 'anna', '--doors', 'sftp,ftx'])).code).toBe(0)
    const listed = await user(root, ['list'])
    expect(listed.stdout.toString()).toMatch(
      /^anna {2}enabled {2}\/ {5}at most 5 files {2}no limit {2}ftx,sftp {2}list$/m,
    )
    expect((await user(root, ['list', '--json'])).events).toMatchObject([
      {
        event: 'user',
        name: 'anna',
        enabled: true,
        home: '/',
        permissions: ['list'],
        quota: { files: 5 },
        doors: ['ftx', 'sftp'],
      },
    ])

    expect((await user(root, ['remove', 'ANNA'])).code).toBe(0)
    await expect(RawClient.loginAs(folder.server, 'anna', 'another one')).rejects.toThrow('is not right')
    expect(folder.has('anna/photos')).toBe(true)
    const events = withAudit(root).filter(({ action }) => action.startsWith('user-'))
    expect(events.map(({ action }) => action.slice('user-'.length))).toEqual([
      'add',
      'set',
      'passwd',
      'set',
      'set',
      'set',
      'remove',
    ])
    expect(events[1]).toMatchObject({
      account: 'anna',
      address: expect.stringMatching(/^local:./),
      detail: 'anna: home /, list, at most 10.0 GiB and 5 files',
    })
    expect(JSON.stringify(events)).not.toMatch(/secret|another/)
  })

  it('adds accounts where no server has been started yet, readable by nobody else', async () => {
    using folder = new TempDir()
    expect((await user(folder.path, ['add', 'anna', ...WITH_PASSWORD], 'secret words')).code).toBe(0)
    const state = folder.at('.ftp-server')
    expect(fs.statSync(state).mode & 0o777).toBe(0o700)
    for (const name of fs.readdirSync(state)) expect(fs.statSync(path.join(state, name)).mode & 0o077).toBe(0)
  })

  it.each<[string[], string, RegExp]>([
    [['add', 'a b'], 'x', /"a b" cannot be the name of an account: it begins with/],
    [['add', 'anonymous'], 'x', /cannot be the name of an account/],
    [['add', 'anna', '--home', '../x'], 'x', /leads out of/],
    [['add', 'anna', '--home', '/.ftp-server'], 'x', /reserved for the server/],
    [['add', 'anna', '--home', '/a:b'], 'x', /Windows cannot store/],
    [['add', 'anna', '--quota', 'much'], 'x', /Write a size like 500M/],
    [['add', 'anna', '--permissions', 'list,fly'], 'x', /"fly" is not one of list, read,/],
    [['add', 'anna'], '', /cannot be a password: it is empty/],
    [['add', 'anna'], 'seven77', /the password is too short; use at least 8 characters/],
    [['add', 'anna'], 'two\nlines', /cannot be a password: it has a control character/],
    [['add', 'anna'], 'x'.repeat(2_000), /cannot be a password: it is longer/],
    [['add', 'anna'], 'x'.repeat(10_000), /too long for a password/],
    [['set', 'otto'], '', /there is no account "otto"/],
    [['remove', 'otto'], '', /there is no account "otto"/],
  ])('%j with the password %j ends with 2, says why, and changes nothing', async (args, password, reason) => {
    using folder = new TempDir()
    fs.mkdirSync(folder.at(STATE_NAME), { mode: 0o700 })
    await addAccount(folder.path, 'eva')
    const result = await user(folder.path, [...args, ...(args[0] === 'add' ? WITH_PASSWORD : [])], password)
    expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(reason) })
    expect(result.stderr).not.toMatch(/\n {4}at /)
    const left = await withAccounts(folder.path, (accounts) => accounts.list())
    expect(left.map(({ name }) => name)).toEqual(['eva'])
  })

  it('does not ask where nobody can answer', async () => {
    using folder = new TempDir()
    expect(await user(folder.path, ['add', 'anna'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no terminal to ask for the password; use --password-stdin'),
    })
  })

  it('asks for the password twice, and shows nothing of it', async () => {
    using folder = new TempDir()
    const server = path.resolve(import.meta.dirname, '../..', SERVER)
    const args = [process.execPath, server, 'user', 'add', 'anna', '--root', folder.path]
    const size = { cwd: folder.path, columns: 100, rows: 20 }
    const add = (): Promise<Terminal> => Terminal.run(args, size)
    {
      await using terminal = await add()
      await terminal.shows(/Password:/)
      await terminal.type('secret words', 'Enter')
      await terminal.shows(/again:/)
      await terminal.type('different', 'Enter')
      expect(await terminal.shows(/the two passwords differ/)).not.toMatch(/secret|different/)
    }
    // Ctrl-D ends an input only where nothing has been typed.
    for (const keys of [['secret words', 'C-c'], ['C-d']]) {
      await using terminal = await add()
      await terminal.shows(/Password:/)
      await terminal.type(...keys)
      await terminal.ended()
    }
    expect(await withAccounts(folder.path, (accounts) => accounts.list())).toEqual([])
    await using terminal = await add()
    await terminal.shows(/Password:/)
    await terminal.type('secret words', 'Enter')
    await terminal.shows(/again:/)
    await terminal.type('secret words', 'Enter')
    expect(await terminal.shows(/Added anna/)).not.toContain('secret words')
  })
})

describe('A server that nobody could log in to', () => {
  const launch = (root: string, ...args: string[]): Program =>
    new Program(SERVER, [root, '--port', '0', '--host', '127.0.0.1', '--plaintext', ...args], {})

  it('makes one account at its first start, tells its password once, and what to type', async () => {
    using folder = new TempDir()
    let text: string
    {
      await using server = launch(folder.path)
      text = await server.prints(/Ctrl-C stops it/)
      const [, name = '', host = '', port] =
        /ftp-client login (\S+)@([\d.]+):(\d+) --plaintext/.exec(text) ?? []
      const [, password = ''] = /^ {2}password {2}(\S+)$/m.exec(text) ?? []
      expect(password).toMatch(/^[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}$/)
      await using client = await RawClient.loginAs({ host, port: Number(port) }, name, password)
      await client.ask({ type: 'mkdir', path: 'everything' }, 'done')
      expect(fs.existsSync(folder.at('everything'))).toBe(true)
    }
    await using server = launch(folder.path)
    expect(await server.prints(/Ctrl-C stops it/)).not.toMatch(/password/i)
    expect(text).toContain('shown only once')
  })

  it('tells programs as an event', async () => {
    using folder = new TempDir()
    await using server = launch(folder.path, '--json')
    const { password } = await server.event('account')
    expect(password).toMatch(/^\S{17}$/)
    expect(server.events[0]?.event).toBe('listening')
  })

  it('makes none where everybody may log in', async () => {
    using folder = new TempDir()
    await using server = launch(folder.path, '--anonymous', 'read')
    await server.prints(/Ctrl-C stops it/)
    expect(await withAccounts(folder.path, (accounts) => accounts.list())).toEqual([])
  })

  it('refuses a state folder that it would serve', async () => {
    using folder = new TempDir()
    await using server = launch(folder.path, '--state', folder.at('state'))
    expect(await server.result()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('would be served'),
    })
  })

  it('refuses a state folder that others may write into', async () => {
    using folder = new TempDir()
    const state = folder.folder('state')
    fs.chmodSync(state, 0o770)
    await using server = launch(folder.folder('root'), '--state', state)
    expect(await server.result()).toMatchObject({ code: 2, stderr: expect.stringContaining('chmod 700') })
    expect(fs.readdirSync(state)).toEqual([])
  })
})
