import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../apps/server/src/state/database.ts'
import { until } from '../support/deadline.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'
import { mget, mput, mputOf } from '../support/together.ts'

/* What a server does whose state or folder is damaged, missing, or taken away while it runs. */

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

describe('A server that runs', { timeout: 30_000 }, () => {
  it('goes on when its state is damaged: it reads, refuses what needs the state, and says that it is not ready', async () => {
    const log = folder.at('log')
    await using server = await ServerProcess.start({
      root,
      args: ['--metrics', '0', '--threads', '2', '--log-file', log],
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
