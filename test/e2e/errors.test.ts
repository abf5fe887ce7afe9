import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { runInFolder } from '../support/in-process-client.ts'
import type { Result } from '../support/program.ts'
import { ServerProcess } from '../support/server-process.ts'
import { Site } from '../support/site.ts'
import { TempDir } from '../support/temp-dir.ts'

/** A user who may not read what belongs to others; who is not root cannot either. */
const NOBODY =
  process.getuid?.() === 0 ? ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] : []
/** A port that no program is given: one that was free a moment ago may be another's now. */
const NO_SERVER = 1
const PLAIN = { global: [] }
/** With a folder of its own that is not there, instead of one that it may not read. */
const AS_NOBODY = { ...PLAIN, under: NOBODY, config: '/no/such/folder' }

let site: Site
beforeAll(async () => {
  site = await Site.open()
})
afterAll(() => site[Symbol.asyncDispose]())

describe('A server that does not answer at first', () => {
  const list = async (...global: string[]): Promise<Result> => {
    await using proxy = await ChaosProxy.start(site.port, (number) =>
      number < 2 ? { down: { cutAfter: 0 } } : {},
    )
    return await site.run(['ls'], { port: proxy.port, global })
  }

  it('is awaited with --retry-for, and each attempt is told', async () => {
    const { code, stderr } = await list('--retry-for', '1m')
    expect({
      code,
      attempts: stderr.match(/^ftp-client: trying again in 0\.\d s, because: /gm)?.length,
    }).toEqual({
      ...{ code: 0, attempts: 2 },
    })
  })

  it('is not tried again without it, because the address may be wrong', async () => {
    expectFailure(await list(), 6, /closed the connection at once/)
  })
})

it('A directory in place of a script or a list is named', async () => {
  const folder = fs.mkdtempSync(path.join(site.home, 'folder-'))
  const named = new RegExp(`"${folder}": it is a directory here`)
  expectFailure(await site.run(['shell', folder], PLAIN), 5, named)
  expectFailure(await site.run(['put', '-r', '.', '--files-from', folder], PLAIN), 5, named)
  fs.rmdirSync(folder)
})

describe('What is not there', () => {
  it('on the server ends with 3, whatever is asked of it', async () => {
    for (const args of [
      ['get', 'no'],
      ['stat', 'no'],
      ['md5', 'no'],
      ['ls', 'no'],
      ['rm', 'no'],
      ['du', 'no'],
      ['mv', 'no', 'x'],
      ['cat', 'no/way'],
    ]) {
      const result = await site.run(args, PLAIN)
      expectFailure(result, 3, /"no.*": there is no such file or directory/)
      expect(result.stdout.length).toBe(0)
    }
    expect(fs.readdirSync(site.home)).toEqual([])
  })

  it('on this machine ends with 3', async () => {
    expectFailure(await site.run(['put', 'no'], PLAIN), 3, /"no": there is no such file or directory/)
    expect(fs.readdirSync(site.root)).toEqual(['.ftp-server'])
  })

  it('ends with 5 and says what to do', async () => {
    fs.mkdirSync(path.join(site.root, 'there'))
    fs.mkdirSync(path.join(site.home, 'here'))
    expectFailure(await site.run(['get', 'there'], PLAIN), 5, /is a directory; use -r/)
    expectFailure(await site.run(['put', 'here'], PLAIN), 5, /is a directory; use -r/)
    fs.writeFileSync(path.join(site.root, 'here'), 'x')
    expectFailure(await site.run(['get', 'here'], PLAIN), 5, /"here" is a directory here/)
    expectFailure(await site.run(['md5', 'there'], PLAIN), 5, /is a directory/)
    expectFailure(await site.run(['rm', 'there/..', '-r'], PLAIN), 4, /home directory cannot be removed/)
    expect(fs.readdirSync(site.home)).toEqual(['here'])
  })

  it('and a file where a directory is expected too', async () => {
    fs.writeFileSync(path.join(site.root, 'plain'), 'x')
    fs.writeFileSync(path.join(site.home, 'plain'), 'x')
    expectFailure(await site.run(['get', 'plain/below'], PLAIN), 5, /"plain" is not a directory/)
    expectFailure(await site.run(['put', 'f', '--to', 'plain/f'], PLAIN), 5, /"plain" is not a directory/)
    expectFailure(
      await site.run(['get', 'there', 'plain', '-o', 'plain'], PLAIN),
      5,
      /"plain" is a file here, not a directory/,
    )
    expect(fs.readFileSync(path.join(site.home, 'plain'), 'utf8')).toBe('x')
  })
})

describe('What may not be read', () => {
  it('on this machine ends with 4', async () => {
    using folder = new TempDir()
    fs.writeFileSync(folder.at('secret'), 'x', { mode: 0o000 })
    const result = await site.runProcess(['put', folder.at('secret')], AS_NOBODY)
    expectFailure(result, 4, /secret": the file system here denies access/)
    expect(fs.readdirSync(site.root)).not.toContain('secret')
  })

  it('or written there ends with 4', async () => {
    using folder = new TempDir()
    fs.chmodSync(folder.path, 0o555)
    const result = await site.runProcess(['get', 'plain', '-o', folder.at('copy')], AS_NOBODY)
    expectFailure(result, 4, /copy.*": the file system here denies access/)
    expect(fs.readdirSync(folder.path)).toEqual([])
    fs.chmodSync(folder.path, 0o755)
  })

  it('on the server ends with 4, to read and to write', async () => {
    using folder = new TempDir()
    const root = folder.folder('root')
    const state = folder.folder('state')
    if (NOBODY.length > 0) fs.chownSync(state, 65534, 65534)
    fs.writeFileSync(path.join(root, 'secret'), 'x', { mode: 0o000 })
    fs.chmodSync(root, 0o555)
    const args = ['--state', state]
    await using server = await ServerProcess.start({ root, args, under: NOBODY })
    const client = { port: server.port, config: folder.at('config'), cwd: site.home, global: [] }
    expectFailure(
      await runInFolder(['get', 'secret'], client),
      4,
      /"secret": the file system on the server denies access/,
    )
    expectFailure(
      await runInFolder(['put', 'plain'], client),
      4,
      /"plain": the file system on the server denies access/,
    )
    expectFailure(
      await runInFolder(['rm', 'secret'], client),
      4,
      /"secret": the file system on the server denies access/,
    )
    expect(fs.readdirSync(root)).toEqual(['secret'])
    fs.chmodSync(root, 0o755)
  })
})

describe('A server', () => {
  it.each([
    [
      'whose port is in use',
      () => ['--port', String(site.port)],
      /port \d+ is in use; .* choose another with --port/,
    ],
    ['whose port is none', () => ['--port', '70000'], /must be a whole number from 0 to 65535/],
    ['with an option that does not exist', () => ['--nonsense'], /unknown option/],
    ['whose access is none', () => ['--anonymous', 'all'], /Allowed choices are none, read, write/],
  ])('%s ends with 2 and says why', async (_, args, reason) => {
    using folder = new TempDir()
    await using program = ServerProcess.launch({ root: folder.path, args: args() })
    expectFailure(await program.result(), 2, reason)
  })

  it('takes an IPv6 address with its brackets', async () => {
    using folder = new TempDir()
    await using program = ServerProcess.launch({ root: folder.path, args: ['--host', '[::1]'] })
    expect(await program.event('listening')).toMatchObject({ host: '::1' })
  })

  it('whose folder is not there ends with 2', async () => {
    await using program = ServerProcess.launch({ root: '/no/such/folder' })
    expectFailure(
      await program.result(),
      2,
      /"\/no\/such\/folder" is not a folder; make it, or name another one/,
    )
  })

  it('whose folder another one serves ends with 2', async () => {
    await using program = ServerProcess.launch({ root: site.root })
    expectFailure(await program.result(), 2, /another ftp-server is serving .* serve another folder/)
    using folder = new TempDir()
    await using other = ServerProcess.launch({ root: site.root, args: ['--state', folder.at('state')] })
    expectFailure(await other.result(), 2, /another ftp-server is serving .* serve another folder/)
  })
})

describe('No server', () => {
  it('at a port ends with 6', async () => {
    const result = await site.run(['ls'], { ...PLAIN, port: NO_SERVER })
    expectFailure(result, 6, /nothing answers at 127\.0\.0\.1, port \d+; is ftp-server running there\?/)
  })

  it('of that name ends with 6', async () => {
    // Longer than a name may be: no name server is asked, which would answer in its own time.
    const global = ['--server', `${'x'.repeat(64)}.invalid`]
    expectFailure(
      await site.run(['ls'], { global }),
      6,
      /there is no login and no machine named "x+\.invalid"/,
    )
  })

  it('that is understood ends with 2', async () => {
    for (const server of ['a:b:c', 'host:0', 'host:70000', '[::1']) {
      expectFailure(
        await site.run(['ls'], { global: ['--server', server] }),
        2,
        /write \[user@\]host\[:port\]/,
      )
    }
  })
})

describe('A command that makes no sense', () => {
  it.each([
    [['frobnicate'], /unknown command/],
    [['get'], /missing required argument/],
    [['get', 'a', '--jobs', '0'], /number from 1 to 64/],
    [['put', 'a', '--if-exists', 'maybe'], /Allowed choices are/],
    [['--timeout', 'soon', 'ls'], /Write a time like 30s/],
    [['--timeout', '0', 'ls'], /at least 1s/],
    [['--limit-rate', '1', 'ls'], /at least 10K/],
    [['put', '-'], /give it one with --to/],
    [['put', '-', 'f', '--to', 'x'], /give it one with --to/],
    [['get', 'a', 'b/a'], /would become "a"; fetch them into different directories/],
  ])('ends with 2 and says what was meant: %j', async (args, reason) => {
    expectFailure(await site.run(args, PLAIN), 2, reason)
  })
})

/** The documented exit code, one clear sentence, and no stack trace. */
function expectFailure(result: Result, code: number, sentence: RegExp): void {
  expect({ code: result.code, stderr: result.stderr }).toEqual({
    code,
    stderr: expect.stringMatching(sentence),
  })
  expect(result.stderr).not.toMatch(/\n {4}at /)
}
