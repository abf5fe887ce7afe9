import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandLine } from '../../apps/client/src/cli/command-line/program.ts'
import { failing } from '../support/failing-output.ts'
import { MIB, writeRandom } from '../support/files.ts'
import { runInto } from '../support/in-process-client.ts'
import { Program } from '../support/program.ts'
import { redirected } from '../support/redirected.ts'
import { Site } from '../support/site.ts'

/* Every command, if its output cannot be written: the disk is full, or the reader has seen enough. */

const SAYS_SO = 'ftp-client: standard output: the disk is full\n'
/** What a sync says about all its files. */
const SUMMARY = /^(\d+ files? |would ).*\n/m
/** These ask, need an account, or look for another server; they print with the same functions as all others. */
const UNTRIED = ['login', 'logout', 'passwd', 'discover', 'share', 'token']

let site: Site
let home: string
beforeAll(async () => {
  site = await Site.open()
  home = site.home
  fs.writeFileSync(path.join(home, 'a'), 'a')
  fs.mkdirSync(path.join(home, 'tree'))
  fs.writeFileSync(path.join(home, 'script'), 'md5 a\n')
  for (let file = 0; file < 50; file++) fs.writeFileSync(path.join(home, 'tree', `${file}`), `${file}`)
  writeRandom(path.join(home, 'large'), 3 * MIB, 1)
  expect((await site.run(['put', '-r', 'a', 'large', 'tree'])).code).toBe(0)
})
afterAll(() => site[Symbol.asyncDispose]())

/** Lines of commands that print text, and that print JSON. `~` stands for the home. */
const TEXT = [
  ...[
    'ls',
    'ls -r tree',
    'stat a',
    'du',
    'md5 a',
    'whoami',
    'cat a',
    'cat large',
    'get large -o -',
    'verify ~/a',
  ],
  ...['sync ~/tree :synced', 'sync --dry-run ~/tree :other', 'sync :tree ~/fetched', 'shell ~/script'],
  ...['completion bash', 'help', 'help get', 'help options', '--help', 'stat -h', '--version'],
]
const JSON_TOO = [
  ...['get a -o ~/got', 'get -r tree -o ~/got-tree', 'put ~/a', 'put -r ~/tree --to again', 'mkdir -p made'],
  ...[
    'rm victim',
    'mv victim a --if-exists skip',
    'cp victim a --if-exists skip',
    'uploads',
    ...TEXT.slice(0, 6),
    ...TEXT.slice(9, 14),
  ],
]

/** Runs a line whose output fails. @returns its exit code, and what it says on standard error */
async function run(line: string, errno: string, global: readonly string[] = []): ReturnType<typeof runInto> {
  fs.writeFileSync(path.join(site.root, 'victim'), '')
  const args = line.replaceAll('~', home).split(' ')
  return await runInto(failing(errno), args, { ...site, port: site.port, global })
}

it('Every command is tried', () => {
  const program = commandLine(async () => {})
  const commands = program.createHelp().visibleCommands(program)
  const tried = new Set([...TEXT, ...JSON_TOO].map((line) => line.split(' ')[0]))
  expect([...tried, ...UNTRIED]).toEqual(expect.arrayContaining(commands.map((each) => each.name())))
})

describe('An output on a full disk', () => {
  it.each(TEXT)('is told with a sentence and 8: %s', async (line) => {
    const { code, text } = await run(line, 'ENOSPC')
    expect({ code, said: text.replace(SUMMARY, '') }).toEqual({ code: 8, said: SAYS_SO })
  })

  it.each(JSON_TOO)('is told with a sentence and 8: --json %s', async (line) => {
    const { code, text } = await run(line, 'ENOSPC', ['--json'])
    expect({ code, text }).toEqual({ code: 8, text: SAYS_SO })
  })

  it('leaves the code of another failure, and is told as well', async () => {
    expect(await run('ls gone', 'ENOSPC', ['--json'])).toEqual({ code: 3, text: SAYS_SO })
    expect(await run('frobnicate', 'ENOSPC', ['--json'])).toEqual({ code: 2, text: SAYS_SO })
  })

  it.each(['--help', 'md5 a', 'get large -o -'])('is told by the program itself: %s', async (line) => {
    const args = line.split(' ')
    const { code, stderr } = await site.runProcess(args, { global: ['-q'], under: redirected('>/dev/full') })
    expect({ code, stderr }).toEqual({ code: 8, stderr: SAYS_SO })
  })

  it('is told by the program that is asked for nothing but its version', async () => {
    const under = redirected('>/dev/full')
    await using program = new Program('apps/client/src/main.ts', ['--version'], { under })
    const { code, stderr } = await program.result()
    expect({ code, stderr }).toEqual({ code: 8, stderr: SAYS_SO })
  })

  it('is no concern of a command that prints nothing', async () => {
    const { code, stderr } = await site.runProcess(['put', 'a'], {
      global: ['-q'],
      under: redirected('>/dev/full'),
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

describe('An output whose reader has seen enough', () => {
  it.each(TEXT)('ends quietly with 1: %s', async (line) => {
    const { code, text } = await run(line, 'EPIPE')
    expect({ code, said: text.replace(SUMMARY, '') }).toEqual({ code: 1, said: '' })
  })

  it.each(JSON_TOO)('ends quietly with 1: --json %s', async (line) => {
    expect(await run(line, 'EPIPE', ['--json'])).toEqual({ code: 1, text: '' })
  })

  it('ends the transfer under way, which the same command continues', async () => {
    const many = path.join(home, 'many')
    fs.mkdirSync(many)
    for (let file = 0; file < 500; file++) fs.writeFileSync(path.join(many, `${file}`), `${file}`)
    for (const command of [
      ['--json', 'put', '-r', 'many'],
      ['sync', 'many', ':many-too'],
    ]) {
      await using client = site.start(command, { global: [] })
      await client.until(() => client.stdout.length > 0 || undefined)
      client.closeStdout()
      const { code, stderr } = await client.result()
      expect(code).toBe(1)
      expect(stderr.replace(SUMMARY, '')).toBe('')
    }
    expect((await site.run(['sync', 'many', ':many'])).code).toBe(0)
    expect(fs.readdirSync(path.join(site.root, 'many'))).toHaveLength(500)
  })
})
