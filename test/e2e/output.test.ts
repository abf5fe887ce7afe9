import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, md5Of, writeRandom } from '../support/files.ts'
import type { ProgramEvent } from '../support/program.ts'
import { Site } from '../support/site.ts'
import { Terminal } from '../support/terminal.ts'

let site: Site
beforeAll(async () => {
  site = await Site.open()
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => site.clear())

const QUIET = { global: ['-q'] }

describe('The output', () => {
  it('is one JSON object a line with --json, for every command', async () => {
    writeRandom(local('f'), 2 * MIB, 1)
    const commands = [
      ['put', 'f'],
      ['ls'],
      ['stat', 'f'],
      ['md5', 'f'],
      ['du'],
      ['mkdir', 'd'],
      ['mv', 'f', 'd'],
      ['get', 'd/f'],
      ['rm', '-r', 'd'],
      ['ls', 'gone'],
      ['get', 'gone'],
      ['put', 'gone'],
      ['ls', '--nonsense'],
      ['get', 'f', '--jobs', '0'],
    ]
    for (const command of commands) {
      const { stdout, stderr, events, code } = await site.run(command)
      const lines = stdout.toString().split('\n')
      expect(lines.pop()).toBe('')
      expect(events.length, command.join(' ')).toBe(lines.length)
      expect(events.at(-1), command.join(' ')).toEqual({
        ...{ event: 'summary', command: command[0], exitCode: code, skipped: 0 },
        ...{ done: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 },
        ...{ bytes: expect.any(Number), moved: expect.any(Number), seconds: expect.any(Number) },
      })
      expect(stderr).toBe('')
    }
  })

  it('of an error has what happened in message, and its path only if it concerns one', async () => {
    const errorOf = async (...args: string[]): Promise<ProgramEvent | undefined> =>
      (await site.run(args)).events.find(({ event }) => event === 'error')
    const event = 'error'
    expect(await errorOf('put', 'gone')).toEqual({
      ...{ event, path: 'gone', code: 'not_found', exitCode: 3 },
      message: expect.stringMatching(/^"gone": there is no such file or directory/),
    })
    expect(await errorOf('get', '-r', '.', '--files-from', '/dev/null', '--jobs', 'x')).toEqual({
      ...{ event, code: 'bad_request', exitCode: 2 },
      message: expect.stringMatching(/^option '-j, --jobs <n>' argument 'x' is invalid/),
    })
    expect(await errorOf('frobnicate')).toEqual({
      ...{ event, code: 'bad_request', exitCode: 2, message: "unknown command 'frobnicate'" },
    })
  })

  it('is empty with -q, but for errors', async () => {
    writeRandom(local('f'), 2 * MIB, 1)
    for (const command of [
      ['put', 'f'],
      ['get', 'f'],
      ['mkdir', 'd'],
      ['mv', 'f', 'd'],
      ['rm', '-r', 'd'],
    ]) {
      const { code, stdout, stderr } = await site.run(command, QUIET)
      expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
    }
    expect((await site.run(['get', 'gone'], QUIET)).stderr).toMatch(/^ftp-client: .*\n$/)
  })

  it('of ls is what people know from ls -l', async () => {
    fs.mkdirSync(remote('d'))
    fs.writeFileSync(remote('g'), 'xyz')
    const { stdout } = await site.run(['ls'], { global: [] })
    const lines = stdout.toString().trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/, 'TIME'))).toEqual([
      expect.stringMatching(/^drwx\S+ +TIME {2}d\/$/),
      expect.stringMatching(/^-rw-\S+ +3 B {2}TIME {2}g$/),
    ])
  })

  it('of md5 is what md5sum prints', async () => {
    const names = ['f', 'two words', 'ü', '-dash', 'back\\slash']
    for (const [index, name] of names.entries()) writeRandom(remote(name), index * 700_000, index)
    const expected = execFileSync('md5sum', ['--', ...names], { cwd: site.root })
    const { code, stdout } = await site.run(['md5', '--', ...names], { global: [] })
    expect(code).toBe(0)
    expect(stdout.toString()).toBe(expected.toString())
    const { events } = await site.run(['md5', 'f'])
    expect(events[0]).toMatchObject({
      event: 'md5',
      path: 'f',
      md5: md5Of(fs.readFileSync(remote('f'))),
      bytes: 0,
    })
  })
})

it('An output that nobody reads does not keep a get from ending at the first Ctrl-C', async () => {
  writeRandom(remote('large.bin'), 8 * MIB, 1)
  await using proxy = await ChaosProxy.start(site.port)
  const main = path.resolve(import.meta.dirname, '../../apps/client/src/main.ts')
  const options = ['--plaintext', '--server', `127.0.0.1:${proxy.port}`, '--config', site.config, '-q']
  const args = [main, ...options, 'get', 'large.bin', '-o', '-']
  execFileSync('mkfifo', [local('pipe')])
  const pipe = fs.openSync(local('pipe'), 'r+')
  const client = spawn(process.execPath, args, { stdio: ['ignore', pipe, 'ignore'] })
  // The window is full: the client waits for a pipe that takes no more.
  await proxy.passed('down', 2 * MIB)
  client.kill('SIGINT')
  expect(await once(client, 'exit')).toEqual([130, null])
  fs.closeSync(pipe)
})

describe('An output that is closed early', () => {
  it('ends a get without noise, and the server goes on', async () => {
    writeRandom(remote('large.bin'), 8 * MIB, 1)
    await using client = site.start(['get', 'large.bin', '-o', '-'], { global: [] })
    client.closeStdout()
    const { code } = await client.exit
    expect(code).toBe(1)
    expect(client.stderr).toBe('')
    expect((await site.run(['ls'])).code).toBe(0)
  })

  it('ends a listing without noise', async () => {
    await using client = site.start(['ls'], { global: [] })
    client.closeStdout()
    await client.exit
    expect(client.stderr).not.toMatch(/at .*\.ts|EPIPE/)
  })
})

function local(...names: string[]): string {
  return path.join(site.home, ...names)
}

function remote(...names: string[]): string {
  return path.join(site.root, ...names)
}

describe('At a terminal', () => {
  it('a bar that is made narrower in the middle leaves nothing behind', async () => {
    for (const name of ['one.bin', 'two.bin']) writeRandom(remote(name), 8 * MIB, 1)
    await using proxy = await ChaosProxy.start(site.port, () => ({ down: { stallAfter: 4 * MIB } }))
    const args = ['--plaintext', '--config', site.config, '--server', `127.0.0.1:${proxy.port}`]
    await using terminal = await Terminal.start([...args, 'get', 'one.bin', 'two.bin'], {
      ...{ cwd: site.home, columns: 110, rows: 24 },
    })
    await terminal.shows(/one\.bin .*MiB/)
    await terminal.shows(/two\.bin .*MiB/)
    for (const columns of [45, 30, 100, 60, 20]) {
      await terminal.resize(columns, 24)
      // Each bar in one line again, the total above them.
      await terminal.shows(
        new RegExp(`^total[^\\n]{0,${columns - 6}}\\none\\.bin[^\\n]*\\ntwo\\.bin[^\\n]*\\n*$`),
      )
    }
    await terminal.resize(80, 24)
    proxy.release()
    await terminal.ended()
    const lines = (await terminal.shows(/^2 files/m))
      .replace(/^Pane is dead.*/m, '')
      .trimEnd()
      .split('\n')
    expect(lines.filter((line) => /█|░|\d%/.test(line))).toEqual([])
    expect(lines.at(-1)).toMatch(/^2 files received and verified/)
  })
})

describe('On a terminal', () => {
  const CLIENT = path.resolve(import.meta.dirname, '../../apps/client/src/main.ts')
  /** Runs a command on a terminal of this kind. */
  const onTerminal = (kind: string, args: readonly string[], port: number): Promise<Terminal> => {
    const options = ['--server', `127.0.0.1:${port}`, '--plaintext', '--config', site.config]
    return Terminal.run(['env', `TERM=${kind}`, process.execPath, CLIENT, ...options, ...args], {
      ...{ cwd: site.home, columns: 80, rows: 24 },
    })
  }

  it('that is dumb there are lines and no bars', async () => {
    writeRandom(remote('big'), 3 * MIB, 1)
    await using proxy = await ChaosProxy.start(site.port, () => ({ down: { stallAfter: 2 * MIB } }))
    await using terminal = await onTerminal('dumb', ['get', 'big'], proxy.port)
    await proxy.stalled
    expect((await terminal.screen()).trim()).toBe('')
    proxy.release()
    await terminal.ended()
    expect(await terminal.history()).toMatch(/^big: received and verified, 3\.0 MiB/)
  })

  it('a followed file that is shown there has no bar between its lines', async () => {
    fs.writeFileSync(remote('log'), 'one\ntwo\n')
    await using terminal = await onTerminal('screen', ['get', '--follow', 'log', '-o', '-'], site.port)
    await terminal.shows(/^one\ntwo\n\n*$/)
    fs.appendFileSync(remote('log'), 'three\n')
    expect(await terminal.shows(/^one\ntwo\nthree\n/)).toMatch(/^one\ntwo\nthree\n+$/)
    await terminal.type('C-c')
    expect(await terminal.shows(/log → standard output: received and verified, 14 B/)).not.toMatch(
      /following|░|█/,
    )
    await terminal.ended()
  })
})
