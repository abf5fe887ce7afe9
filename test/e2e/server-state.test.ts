import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { startServer } from '@ftp/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { until } from '../support/deadline.ts'
import { Program } from '../support/program.ts'
import { RawClient } from '../support/raw-client.ts'
import { runServerCommand } from '../support/server-command.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'
import { mget, mput, mputOf } from '../support/together.ts'

/* What a server does whose state or folder is damaged, missing, or taken away while it runs. */

const MAIN = 'apps/server/src/main.ts'
const SECURE = ['--host', '127.0.0.1', '--port', '0', '--json', '--anonymous', 'read', '--threads', '1']

let folder: TempDir
let root: string
let state: string
beforeEach(() => {
  folder = new TempDir()
  root = folder.folder('root')
  state = folder.at('root', '.ftp-server')
})
afterEach(() => folder[Symbol.dispose]())

async function status(server: ServerProcess, url: string): Promise<number> {
  const { port } = await server.program.event('metrics')
  return (await fetch(`http://127.0.0.1:${Number(port)}${url}`)).status
}

function damage(): void {
  const file = path.join(state, 'state.db')
  {
    // What threads remember of it no longer holds.
    using database = openDatabase(file)
    database.exec('INSERT INTO clean_stop VALUES (0)')
  }
  const descriptor = fs.openSync(file, 'r+')
  fs.writeSync(descriptor, randomBytes(fs.fstatSync(descriptor).size - 4_096), 0, undefined, 4_096)
  fs.closeSync(descriptor)
  fs.truncateSync(`${file}-wal`, 0)
}

/** Each is what the last disk, backup or mistyped command may have left. */
const DAMAGES: readonly [what: string, damage: (state: string) => void, said: RegExp][] = [
  [
    'is no database',
    (file) => fs.writeFileSync(file, 'x'.repeat(10_000)),
    /damaged.*restore it from a backup/,
  ],
  [
    'is a directory',
    (file) => {
      fs.rmSync(file)
      fs.mkdirSync(file)
    },
    /it is a directory/,
  ],
  ['is missing beside the key', (file) => fs.rmSync(file), /missing, though the server's key is there/],
  ['is empty beside the key', (file) => fs.truncateSync(file), /missing, though the server's key is there/],
]

describe('A server does not start', () => {
  it.each(DAMAGES)('where its state.db %s, and says which file and what to do', async (_, damage, said) => {
    await startHere()
    for (const beside of ['state.db-wal', 'state.db-shm'])
      fs.rmSync(path.join(state, beside), { force: true })
    damage(path.join(state, 'state.db'))
    const { code, stderr } = await runServerCommand([...SECURE, root])
    expect(code).toBe(2)
    expect(stderr).toContain(path.join(state, 'state.db'))
    expect(stderr).toMatch(said)
    expect(stderr.split('\n')).toHaveLength(2)
  })

  it('without the key that its clients know, unless it is told to make a new one', async () => {
    const fingerprint = await startSecurely()
    fs.rmSync(path.join(state, 'identity.pem'))
    await using again = new Program(MAIN, [...SECURE, root], {})
    const { code, stderr } = await again.result()
    expect(code).toBe(2)
    expect(stderr).toContain(fingerprint)
    expect(stderr).toMatch(/restore it from a backup.*--new-key/)
    expect(await startSecurely('--new-key')).not.toBe(fingerprint)
    await startSecurely()
  })
})

/** Starts and stops a server in this process. */
async function startHere(): Promise<void> {
  await using _server = await startServer({ root, port: 0, host: '127.0.0.1', threads: 1 }, () => {})
}

/** Starts and stops a server with TLS. @returns its fingerprint */
async function startSecurely(...args: string[]): Promise<string> {
  await using server = new Program(MAIN, [...SECURE, root, ...args], {})
  const { fingerprint } = await server.event('listening')
  expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  return String(fingerprint)
}

describe('A server that runs', () => {
  it('goes on when its state is damaged: it reads, refuses what needs the state, and says that it is not ready', async () => {
    const log = folder.at('log')
    await using server = await ServerProcess.start({
      root,
      threads: 2,
      args: ['--metrics', '0', '--log-file', log],
    })
    const to = { host: '127.0.0.1', port: server.port }
    await using before = await RawClient.login(to)
    await mput(before, [{ path: 'a', bytes: Buffer.from('kept') }])
    expect(await status(server, '/ready')).toBe(200)
    damage()
    await until('it is noticed', async () => {
      await using _login = await RawClient.login(to)
      return (await status(server, '/ready')) === 503
    })
    for (let times = 0; times < 3; times++) {
      await using after = await RawClient.login(to)
      const { told } = await mget(after, ['a'])
      expect(Buffer.from(told[0]?.bytes ?? []).toString()).toBe('kept')
      const [request, payload] = mputOf([{ path: 'b', bytes: Buffer.from('new') }])
      const refused = await after.ask(request, 'error', payload)
      expect(refused).toMatchObject({ code: 'io', message: expect.stringMatching(/^the server's state: /) })
    }
    expect(await status(server, '/health')).toBe(200)
    expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    const told = fs.readFileSync(log, 'utf8').split('\n')
    expect(told.filter((line) => line.includes('the state cannot be used'))).toHaveLength(1)
  })

  it('notices that its folder has been replaced', async () => {
    const log = folder.at('log')
    const args = ['--metrics', '0', '--log-file', log, '--state', folder.at('state')]
    await using server = await ServerProcess.start({ root, args })
    expect(await status(server, '/ready')).toBe(200)
    fs.renameSync(root, folder.at('away'))
    fs.mkdirSync(root)
    await until('it is noticed', async () => (await status(server, '/ready')) === 503)
    await expect
      .poll(() => fs.readFileSync(log, 'utf8'))
      .toMatch(/is another folder now; the old one is served until/)
  })
})

describe('A disk that is mounted in the served folder', () => {
  it('is neither emptied nor moved to, and the reason is said', async () => {
    const disk = folder.folder('root', 'a', 'disk')
    fs.writeFileSync(folder.at('root', 'file'), 'file')
    const script = 'mount -t tmpfs tmpfs "$0" && echo kept >"$0/kept" && exec "$@"'
    const namespaces = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user']
    const under = ['unshare', ...namespaces, 'sh', '-c', script, disk]
    await using server = await ServerProcess.start({ root, under })
    await using client = await RawClient.login({ host: '127.0.0.1', port: server.port })
    for (const path of ['a/disk', 'a']) {
      const refused = await client.ask({ type: 'remove', path, recursive: true }, 'error')
      expect(refused).toMatchObject({ code: 'forbidden', message: expect.stringContaining('unmount it') })
    }
    const move = { type: 'move', path: 'file', to: 'a/disk/file', ifExists: 'fail' }
    const refused = await client.ask(move, 'error')
    expect(refused).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('copy it, then remove the original'),
    })
    expect((await client.ask({ type: 'stat', path: 'a/disk/kept' }, 'entry')).entry.size).toBe(5)
    expect((await client.ask({ type: 'stat', path: 'file' }, 'entry')).entry.size).toBe(4)
  })
})
