import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, writeRandom } from '../support/files.ts'
import type { Result } from '../support/program.ts'
import { Site } from '../support/site.ts'
import { Terminal } from '../support/terminal.ts'

let site: Site
beforeAll(async () => {
  site = await Site.open()
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => site.clear())

/** Runs lines as a script from standard input. */
async function run(lines: readonly string[], args: readonly string[] = []): Promise<Result> {
  return await site.run(['shell', ...args], { global: [], input: scriptOf(lines) })
}

function scriptOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`)
}

describe('A script', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends by %s while it waits for the next line', async (signal) => {
    await using client = site.start(['shell'])
    client.stdin.write('stat /\n')
    await client.event('summary')
    await client.kill(signal)
    const { code } = await client.result()
    expect(code).toBe(130)
    expect(client.events.at(-1)).toMatchObject({ event: 'summary', command: 'shell', exitCode: 130 })
  })

  it.each([
    ['mv one', 'mv', 2],
    ['cd gone', 'cd', 3],
    ['ls --nonsense', 'ls', 2],
    ['frobnicate', '', 2],
    ['rm *.gone', 'rm', 3],
    ['"open', 'shell', 2],
  ])('ends each command that fails with a summary, for programs: %s', async (line, command, exitCode) => {
    const { code, stdout, stderr } = await run([line], ['--json'])
    const events = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect({ code, stderr }).toEqual({ code: exitCode, stderr: '' })
    expect(events).toMatchObject([{ event: 'error' }, { event: 'summary', command, failed: 1, exitCode }])
  })

  it('goes where it says, on both sides, and names files from there', async () => {
    fs.mkdirSync(path.join(site.home, 'in/deep'), { recursive: true })
    for (const name of ['a.txt', 'b.txt', 'two words.txt', 'c.jpg'])
      fs.writeFileSync(path.join(site.home, 'in', name), name)
    const { code, stdout, stderr } = await run([
      'lcd in',
      'mkdir -p d/e',
      'cd d/e',
      'mput *.txt',
      'cd ..',
      'pwd',
      'ls e',
      'lcd deep',
      'get e/[ab]* "e/two words.txt"',
      'lpwd',
      'rm e/*.txt',
      'du',
    ])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(fs.readdirSync(path.join(site.home, 'in/deep')).sort()).toEqual([
      'a.txt',
      'b.txt',
      'two words.txt',
    ])
    expect(fs.readdirSync(path.join(site.root, 'd/e'))).toEqual([])
    const lines = stdout.toString().trimEnd().split('\n')
    expect(lines[0]).toBe('/d')
    expect(lines.slice(1, 4).map((line) => line.replace(/^.*:\d\d {2}/, ''))).toEqual([
      'a.txt',
      'b.txt',
      'two words.txt',
    ])
    expect(lines[4]).toBe(path.join(site.home, 'in/deep'))
    expect(lines[5]).toMatch(/0 files, 1 directory/)
  })

  it('uses one connection for all its lines', async () => {
    await using proxy = await ChaosProxy.start(site.port)
    const input = Buffer.from('mkdir a\nls\ncd a\nls\ndu\n')
    const { code } = await site.run(['shell'], { port: proxy.port, input })
    expect([code, proxy.connections]).toEqual([0, 1])
  })

  it('ends with the first line that fails, and says which', async () => {
    const { code, stderr } = await run(['mkdir a', '-mkdir a', 'get gone', 'mkdir b'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/line 3: get gone\n$/)
    expect(fs.readdirSync(site.root).filter((name) => !name.startsWith('.'))).toEqual(['a'])
  })

  it('goes on with --keep-going, and still fails', async () => {
    const { code } = await run(['get gone', 'nonsense', 'mkdir b'], ['--keep-going'])
    expect(code).toBe(3)
    expect(fs.readdirSync(site.root)).toContain('b')
  })

  it('comes from files too, and ends with exit', async () => {
    fs.writeFileSync(path.join(site.home, 'one.ftp'), '# a comment\nmkdir a\n\n')
    fs.writeFileSync(path.join(site.home, 'two.ftp'), 'mkdir b\nexit\nmkdir c\n')
    expect((await site.run(['shell', 'one.ftp', 'two.ftp'])).code).toBe(0)
    expect(fs.readdirSync(site.root).filter((name) => !name.startsWith('.'))).toEqual(['a', 'b'])
    expect((await site.run(['shell', 'gone.ftp'])).code).toBe(3)
  })

  it('waits for its jobs, and fails when one has', async () => {
    writeRandom(path.join(site.root, 'f'), 2 * MIB, 1)
    const { code, stderr } = await run(['get f &', 'get f -o g &', 'jobs', 'wait'])
    expect(code).toBe(0)
    expect(fs.readdirSync(site.home).sort()).toEqual(['f', 'g'])
    expect(stderr).toMatch(/\[1\] done {2}get f &/)
    expect((await run(['get gone &', 'pwd'])).code).toBe(3)
  })

  it('runs local commands where it is, and no command on the server', async () => {
    fs.mkdirSync(path.join(site.home, 'sub'))
    const input = scriptOf(['lcd sub', '!pwd', '-!false', '!exit 3'])
    // What it starts writes to the standard output of the process.
    const { code, stdout } = await site.runProcess(['shell'], { global: [], input })
    expect(code).toBe(3)
    expect(stdout.toString()).toBe(`${path.join(site.home, 'sub')}\n`)
  })
})

describe('At a terminal, the shell', () => {
  it('completes names, keeps its history, and survives Ctrl-C', async () => {
    fs.mkdirSync(path.join(site.root, 'pictures'))
    fs.writeFileSync(path.join(site.root, 'pictures/one two.jpg'), 'x')
    writeRandom(path.join(site.home, 'large.bin'), 24 * MIB, 1)
    // The upload stops in its middle until it is interrupted.
    await using proxy = await ChaosProxy.start(site.port, (connection) =>
      connection === 0 ? { up: { stallAfter: 8 * MIB } } : {},
    )
    const args = ['--plaintext', '--config', site.config, '--server', `127.0.0.1:${proxy.port}`]
    await using terminal = await Terminal.start(args, { cwd: site.home, columns: 100, rows: 30 })
    await terminal.shows(/:\d+:\/>$/m)
    await terminal.type('cd pic', 'Tab')
    await terminal.shows(/cd pictures\/$/m)
    await terminal.type('Enter')
    await terminal.shows(/:\/pictures>$/m)
    await terminal.type('md5 on', 'Tab')
    await terminal.shows(/md5 one\\ two\.jpg/)
    await terminal.type('Enter')
    await terminal.shows(/9dd4e461268c8034f5c8564e155c67a6 {2}one two\.jpg/)
    await terminal.type('put lar', 'Tab')
    await terminal.shows(/put large\.bin$/m)
    await terminal.type('Enter')
    await proxy.stalled
    await terminal.shows(/large\.bin .*%/)
    await terminal.type('C-c')
    await terminal.shows(/interrupted; run the same command again to continue/)
    await terminal.type('Up', 'Enter')
    await terminal.shows(/large\.bin: continuing at/)
    await terminal.shows(/large\.bin: stored and verified/)
    await terminal.type('nons', 'C-c', 'pwd', 'Enter')
    await terminal.shows(/^\/pictures$/m)
    // A line may be entered before what it could become is known.
    await terminal.type('cd pic', 'Tab', 'Enter')
    await terminal.type('C-l', 'lpwd', 'Enter')
    await terminal.shows(new RegExp(`^${site.home}$`, 'm'))
    await terminal.type('C-d')
    await terminal.ended()
    expect(fs.readFileSync(path.join(site.config, 'history'), 'utf8')).toContain('put large.bin \n')
  })
})
