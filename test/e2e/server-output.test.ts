import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { errnoOf } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commandLine } from '../../apps/server/src/command-line.ts'
import type { Context } from '../../apps/server/src/commands/context.ts'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { Output } from '../../packages/terminal/src/output.ts'
import { addAccount, withAccounts } from '../support/accounts.ts'
import { until } from '../support/deadline.ts'
import { failing } from '../support/failing-output.ts'
import { interruptUpload } from '../support/interrupted-upload.ts'
import { Program } from '../support/program.ts'
import { RawClient } from '../support/raw-client.ts'
import { redirected } from '../support/redirected.ts'
import { runServerCommand } from '../support/server-command.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'
import { Terminal } from '../support/terminal.ts'

/* Where the server and its commands write to: pipes that nobody reads, full disks, logs that are rotated. */

const MAIN = 'apps/server/src/main.ts'
const ENDED = { code: 0, signal: null }
/** The state of a socket in /proc/net/tcp. */
const LISTENING = '0A'

let folder: TempDir
let root: string
beforeEach(() => {
  folder = new TempDir()
  root = folder.folder('root')
})
afterEach(() => folder[Symbol.dispose]())

/** An audit trail that is longer than a pipe holds. */
function plantEvents(count: number): void {
  using database = openDatabase(path.join(folder.folder('root', '.ftp-server'), 'state.db'))
  database
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO audit (time, account, address, action, path, outcome)
       SELECT i, 'ada', '192.0.2.1', 'get', 'a/file/' || i, 'ok' FROM n`,
    )
    .run(count)
}

function audit(args: readonly string[], under: readonly string[] = []): Program {
  return new Program(MAIN, ['audit', '--root', root, ...args], { under })
}

describe('A command of the server', () => {
  it('has written everything when it ends, however late a pipe is read', async () => {
    plantEvents(5_000)
    const fifo = folder.at('fifo')
    execFileSync('mkfifo', [fifo])
    const pipe = fs.openSync(fifo, fs.constants.O_RDWR | fs.constants.O_NONBLOCK)
    await using program = audit(['--json'], redirected(`>${fifo}`))
    // It has filled the pipe, and waits.
    const first = await until('it writes', () => readSome(pipe))
    let text = first.toString()
    let ended = false
    void program.exit.then(() => (ended = true))
    await until('the rest', () => {
      const more = readSome(pipe)
      if (more !== undefined) text += more.toString()
      return ended && more === undefined
    })
    fs.closeSync(pipe)
    expect(await program.exit).toEqual(ENDED)
    expect(text.trimEnd().split('\n')).toHaveLength(5_000)
  })

  it('fails with a sentence where its output cannot be written', async () => {
    plantEvents(3)
    for (const args of [[], ['--help']]) {
      await using program = audit(args, redirected('>/dev/full'))
      expect(await program.result()).toMatchObject({
        code: 8,
        stderr: 'ftp-server: standard output: the disk is full\n',
      })
    }
  })

  it.each([
    ...['user add eva --password-stdin', 'user set ada --quota 1G', 'user passwd ada --password-stdin'],
    ...['user rescan ada', 'user list', 'user remove ada', 'rate', 'rate 5M', 'audit', 'check'],
    ...['uploads list', 'uploads abort --before 0s', 'share add ada .', 'token add ada t'],
  ])('fails in the same way if it is %s, with text and with JSON', async (line) => {
    for (const json of [false, true]) {
      plantEvents(1)
      for (const name of ['ada', 'eva']) await withAccounts(root, (accounts) => accounts.remove(name))
      await addAccount(root, 'ada')
      interruptUpload(root, { account: 'ada', directory: '', name: 'f', key: 'a'.repeat(32) })
      const { signal } = new AbortController()
      const context = {
        ...{ stdin: Readable.from(['correct horse battery']), stderr: new PassThrough() },
        ...{ output: new Output(failing('ENOSPC'), signal), signal, json, onHangup: () => {} },
      }
      // What the commands use of the types of a terminal is in every stream.
      const program = commandLine((run) => run(context as unknown as Context))
      await expect(
        program.parseAsync([...line.split(' '), '--root', root], { from: 'user' }),
      ).rejects.toMatchObject({ code: 'no_space', message: 'standard output: the disk is full' })
    }
  })

  it('takes --json anywhere on its line, and reports its failure as an event, too', async () => {
    plantEvents(1)
    for (const line of [
      '--json rate',
      'rate --json',
      '--json user list --nonsense',
      'user --json passwd nobody',
    ]) {
      const { code, events, stderr } = await runServerCommand([...line.split(' '), '--root', root])
      if (code === 0) expect(events).toEqual([{ event: 'rate', bytesPerSecond: null }])
      else {
        const message = line.includes('nonsense')
          ? "unknown option '--nonsense'"
          : 'there is no account "nobody"; list them with: ftp-server user list'
        expect(events).toEqual([{ event: 'error', code: expect.any(String), message, exitCode: code }])
        expect(stderr).toContain(message)
      }
    }
  })

  it('ends quietly, but not as if it were complete, when its reader has seen enough', async () => {
    plantEvents(5_000)
    await using program = audit([])
    program.closeStdout()
    expect(await program.result()).toMatchObject({ code: 1, stderr: '' })
  })

  it('keeps its columns from page to page', async () => {
    plantEvents(3_000)
    {
      using database = openDatabase(path.join(root, '.ftp-server', 'state.db'))
      database.exec("UPDATE audit SET action = 'user-passwd' WHERE time = 3000")
    }
    const { stdout } = await runServerCommand(['audit', '--root', root])
    const lines = stdout.toString().trimEnd().split('\n')
    const columns = new Set(lines.map((line) => line.indexOf(' ok')))
    expect({ lines: lines.length, columns: columns.size }).toEqual({ lines: 3_000, columns: 1 })
  })

  it('that is interrupted says so with its exit code', async () => {
    plantEvents(50_000)
    execFileSync('mkfifo', [folder.at('fifo')])
    const pipe = fs.openSync(folder.at('fifo'), fs.constants.O_RDWR | fs.constants.O_NONBLOCK)
    await using program = audit([], redirected(`>${folder.at('fifo')}`))
    await until('it writes', () => readSome(pipe))
    expect(await program.kill('SIGINT')).toEqual({ code: 130, signal: null })
    fs.closeSync(pipe)
  })
})

describe('A server', () => {
  it.each([
    ['the log file', ['--log-file', '/dev/full'], redirected('')],
    ['standard error', [], redirected('2>/dev/full')],
  ])('stops though %s is on a full disk', async (_, args, under) => {
    await using server = await ServerProcess.start({ root, under, args: ['--log-level', 'info', ...args] })
    await using client = await RawClient.login({ host: '127.0.0.1', port: server.port })
    await client.ask({ type: 'stat', path: '' }, 'entry')
    expect(await server.kill('SIGTERM')).toEqual(ENDED)
  })

  it('stops though nobody reads its log', async () => {
    execFileSync('mkfifo', [folder.at('fifo')])
    const pipe = fs.openSync(folder.at('fifo'), fs.constants.O_RDWR | fs.constants.O_NONBLOCK)
    const under = redirected(`2>${folder.at('fifo')}`)
    await using server = await ServerProcess.start({ root, under, args: ['--log-level', 'info'] })
    await using client = await RawClient.login({ host: '127.0.0.1', port: server.port })
    fill(pipe)
    await client.ask({ type: 'mkdir', path: 'told' }, 'done')
    expect(await server.kill('SIGTERM')).toEqual(ENDED)
    fs.closeSync(pipe)
  })

  it('serves though its standard output is on a full disk', async () => {
    const args = ['--log-file', folder.at('log')]
    await using server = ServerProcess.launch({ root, under: redirected('>/dev/full'), args })
    // It cannot say which port it has taken.
    const port = await until('it listens', () => listeningPort(server.pid))
    await using _client = await RawClient.login({ host: '127.0.0.1', port })
    expect(await server.kill('SIGTERM')).toEqual(ENDED)
    expect(server.stderr).toBe('')
  })

  it('refuses to start with a log that it cannot write, and says what to do', async () => {
    const refused = await runServerCommand([root, '--port', '0', '--log-file', folder.at('gone', 'log')])
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /the log file ".*": there is no such file.*; name another one with --log-file/,
      ),
    })
  })
})

describe('A signal', () => {
  it('SIGHUP opens the log file again, and ends nothing', async () => {
    const [log, rotated] = [folder.at('log'), folder.at('log.1')]
    const args = ['--log-level', 'info', '--log-file', log]
    await using server = await ServerProcess.start({ root, args })
    await using client = await RawClient.login({ host: '127.0.0.1', port: server.port })
    await until('the login is logged', () => fs.readFileSync(log, 'utf8').includes('"msg":"login"'))
    fs.renameSync(log, rotated)
    process.kill(server.program.pid, 'SIGHUP')
    await until('there is a new log', () => fs.existsSync(log))
    await client.ask({ type: 'mkdir', path: 'd' }, 'done')
    await until('it is written to', () => fs.readFileSync(log, 'utf8').includes('"msg":"mkdir"'))
    expect(fs.readFileSync(rotated, 'utf8')).not.toContain('mkdir')
    expect(await server.kill('SIGTERM')).toEqual(ENDED)
  })

  it('SIGHUP from a terminal that is closed stops it as SIGTERM does', async () => {
    const main = path.resolve(import.meta.dirname, '../..', MAIN)
    const args = ['--host', '127.0.0.1', '--port', '0', '--plaintext', '--anonymous', 'read', '--no-announce']
    const terminal = await Terminal.run([process.execPath, main, root, ...args], {
      ...{ cwd: root, columns: 80, rows: 24 },
    })
    await terminal.shows(/Ctrl-C stops it/)
    await terminal[Symbol.asyncDispose]()
    await until('it has stopped in order', () => {
      using database = openDatabase(path.join(root, '.ftp-server', 'state.db'))
      return database.prepare('SELECT * FROM clean_stop').get() !== undefined
    })
  })

  it('SIGUSR1 opens no debugger', async () => {
    await using server = await ServerProcess.start({ root })
    process.kill(server.program.pid, 'SIGUSR1')
    await using _client = await RawClient.login({ host: '127.0.0.1', port: server.port })
    expect(await server.kill('SIGTERM')).toEqual(ENDED)
    expect(server.program.stderr).not.toMatch(/debugger/i)
  })
})

/** Writes to a pipe until it takes no more. */
function fill(pipe: number): void {
  try {
    for (;;) fs.writeSync(pipe, 'x'.repeat(4_096))
  } catch (error) {
    if (errnoOf(error) !== 'EAGAIN') throw error
  }
}

function readSome(descriptor: number): Buffer | undefined {
  const buffer = Buffer.alloc(65_536)
  try {
    const size = fs.readSync(descriptor, buffer)
    return size === 0 ? undefined : buffer.subarray(0, size)
  } catch {
    return undefined
  }
}

/** The port that a process listens on, as the system tells it. */
function listeningPort(pid: number): number | undefined {
  const sockets = new Set(fs.readdirSync(`/proc/${pid}/fd`).map((descriptor) => linkOf(pid, descriptor)))
  for (const line of fs.readFileSync('/proc/net/tcp', 'utf8').trimEnd().split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
    if (state === LISTENING && sockets.has(`socket:[${inode}]`))
      return Number.parseInt(local.split(':')[1] ?? '', 16)
  }
  return undefined
}

function linkOf(pid: number, descriptor: string): string | undefined {
  try {
    return fs.readlinkSync(`/proc/${pid}/fd/${descriptor}`)
  } catch {
    return undefined
  }
}
