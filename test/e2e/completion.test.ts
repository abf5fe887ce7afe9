import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LocalSite } from '../support/local-site.ts'
import { Terminal } from '../support/terminal.ts'
import { TRANSPORT } from '../support/transport.ts'

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open()
  fs.mkdirSync(site.remote('photos'))
  fs.writeFileSync(site.remote('photos/one two.jpg'), 'x\n')
  fs.writeFileSync(site.local('local file.txt'), 'x')
})
afterAll(() => site[Symbol.asyncDispose]())

async function candidates(line: string, port = site.server.port): Promise<string[]> {
  const { code, text } = await site.run(['complete', '--', line], { port, global: ['--no-progress'] })
  expect(code).toBe(0)
  return text.split('\n').slice(0, -1)
}

describe('The candidates', () => {
  it.each([
    ['ftp-client st', ['stat']],
    ['ftp-client get pho', ['photos/']],
    ['ftp-client get photos/', ['photos/one two.jpg']],
    ['ftp-client -q get photos/one\\ t', ['photos/one two.jpg']],
    ['ftp-client get "photos/one t', ['photos/one two.jpg']],
    ['ftp-client put x --to ph', ['photos/']],
    ['ftp-client get --rec', ['--recursive']],
    ['ftp-client get --if-exists ne', ['newer']],
    ['ftp-client completion z', ['zsh']],
    ['ftp-client uploads r', ['rm', 'remove']],
    ['ftp-client uploads rm r', []],
    ['ftp-client help resu', ['resume']],
    ['ftp-client get nothing/', []],
    ['ftp-client nonsense a', []],
    ['ftp-client get --jobs ', []],
  ])('of %j are %j', async (line, expected) => expect(await candidates(line)).toEqual(expected))

  it('of a local name are local names', async () => {
    expect(await candidates(`ftp-client put ${site.local('lo')}`)).toEqual([site.local('local file.txt')])
  })

  it('are none where no server answers, and nothing is said of it', async () => {
    expect(await candidates('ftp-client get pho', 1)).toEqual([])
  })
})

/** How each shell is started without anybody's settings, and taught. */
const SHELLS: Readonly<Record<string, { readonly start: readonly string[]; readonly teach: string }>> = {
  bash: { start: ['bash', '--norc'], teach: 'source <(ftp-client completion bash)' },
  zsh: {
    start: ['zsh', '-f'],
    teach: "PS1='=> '; autoload -U compinit; compinit -u; source <(ftp-client completion zsh)",
  },
  fish: {
    start: ['fish', '--no-config'],
    teach: "function fish_prompt; echo '=> '; end; ftp-client completion fish | source",
  },
}

describe.concurrent.each(Object.entries(SHELLS))('In a real %s', (name, { start, teach }) => {
  it('Tab completes commands, options and names on the server', async () => {
    const main = path.resolve(import.meta.dirname, '../../apps/client/src/main.ts')
    const home = fs.mkdtempSync(site.local(`${name}-`))
    const options = `${TRANSPORT.flags.join(' ')} --server 127.0.0.1:${site.server.port} --config '${home}'`
    const script = `#!/bin/sh\nexec '${process.execPath}' '${main}' ${options} "$@"\n`
    fs.writeFileSync(path.join(home, 'ftp-client'), script, { mode: 0o755 })
    const variables = [`PATH=${home}:${process.env.PATH}`, `HOME=${home}`, 'PS1==> ']
    const command = ['env', ...variables, ...start]
    await using shell = await Terminal.run(command, { cwd: home, columns: 80, rows: 24 })
    await shell.shows(/[=$>%#] ?$/m)
    await shell.type(`${teach}; echo taught`, 'Enter')
    await shell.shows(/^taught$/m)
    await shell.type('ftp-client veri', 'Tab')
    await shell.shows(/ftp-client verify$/m)
    await shell.type('C-u', 'ftp-client get --recu', 'Tab')
    await shell.shows(/get --recursive$/m)
    await shell.type('C-u', 'ftp-client cat ph', 'Tab')
    await shell.shows(/ftp-client cat photos\/$/m)
    await shell.type('Tab')
    await shell.shows(/cat photos\/one\\ two\.jpg$/m)
    await shell.type('; echo it works', 'Enter')
    await shell.shows(/^x\n+it works$/m)
  })
})
