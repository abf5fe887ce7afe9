import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Checkout } from '../support/checkout.ts'

/** Something is installed, and the machine may be busy. Milliseconds. */
const PATIENCE_MS = 120_000
const INSTALLING = 'Installing what is missing; the first time this takes about half a minute.\n'
const PNPM = 'npx --yes pnpm@12.21.0'
const PROMPT = /^\$\n*$(?!\n)/m

const readme = fs.readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8')
/** What the section about the first minutes says to type, without its comments. */
const [, firstMinutes = ''] = /## Two minutes\n(.*?)\n## /s.exec(readme) ?? []
const [, block = ''] = /```sh\n(.*?)```/s.exec(firstMinutes) ?? []
const [start = '', login = '', put = ''] = block.split('\n').map((line) => line.replace(/ +#.*/, ''))
const [get = ''] = /npx [^`]* get LICENSE -o copy\.txt/.exec(firstMinutes) ?? []

let checkout: Checkout
beforeAll(() => {
  checkout = new Checkout()
})
afterAll(() => checkout[Symbol.dispose]())

describe('In a checkout that has just been cloned', () => {
  it('what the README says to type does what it says, on a terminal', async () => {
    await using server = await checkout.terminal()
    await server.type(`${start} --port 0`, 'Enter')
    const banner = await server.shows(/Ctrl-C stops it/, PATIENCE_MS)
    expect(banner).toContain(INSTALLING)
    const [address = ''] = /ftp-client login (\S+)/.exec(banner)?.slice(1) ?? []
    const [, password = ''] = /password {2}(\S+)/.exec(banner) ?? []

    await using client = await checkout.terminal()
    await client.type(`${login} ${address}`, 'Enter')
    await client.shows(/[Pp]assword/, PATIENCE_MS)
    await client.type(password, 'Enter')
    await client.shows(PROMPT, PATIENCE_MS)
    await client.type(put, 'Enter')
    await client.shows(/stored and verified/, PATIENCE_MS)
    await client.type(get, 'Enter')
    await client.shows(/received and verified/, PATIENCE_MS)
    expect(fs.readFileSync(path.join(checkout.folder, 'copy.txt'))).toEqual(
      fs.readFileSync(path.join(checkout.folder, 'LICENSE')),
    )
    expect(await client.screen()).not.toMatch(/ELIFECYCLE|^\$ node |Ok to proceed/m)

    await server.type('C-c')
    expect(await server.shows(PROMPT, PATIENCE_MS)).not.toContain('ELIFECYCLE')
  })

  it.each([start, 'npm --silent start --'])(
    '%s serves without a terminal, and prints only its own',
    async (line) => {
      checkout.uninstall()
      const { stdout, stderr } = await checkout.serve(`${line} --port 0 --json`)
      expect(stderr).toContain(INSTALLING)
      const [listening, ...others] = stdout
        .trimEnd()
        .split('\n')
        .map((each) => JSON.parse(each))
      expect(listening).toMatchObject({ event: 'listening' })
      for (const each of others) expect(each).toHaveProperty('event')
    },
  )

  it.each([`${PNPM} ftp-client`, `${PNPM} ftp-server`, 'npm --silent run ftp-client --'])(
    '%s gives a message of the program, its exit code, and nothing else',
    async (line) => {
      expect(await checkout.run(`${line} --nonsense`)).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/^error: unknown option '--nonsense'\n(\(add --help .*\)\n)?$/),
      })
    },
  )

  it('npm test installs, checks and tests; here it is told to run one test', async () => {
    checkout.uninstall()
    const { code, stdout, stderr } = await checkout.run('npm test -- packages/terminal/src/bytes.test.ts')
    expect(stderr).toContain(INSTALLING)
    expect(stdout + stderr).toMatch(/Checked \d+ files/)
    expect(stdout).toMatch(/Tests.*\d passed/)
    expect(code).toBe(0)
  })
})
