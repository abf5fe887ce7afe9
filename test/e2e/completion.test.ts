import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Site } from '../support/site.ts'
import { Terminal } from '../support/terminal.ts'

let site: Site
beforeEach(async () => {
  site = await Site.open()
  fs.mkdirSync(path.join(site.root, 'photos'))
  fs.writeFileSync(path.join(site.root, 'photos/one two.jpg'), 'x')
  fs.writeFileSync(path.join(site.home, 'local file.txt'), 'x')
})
afterEach(() => site[Symbol.asyncDispose]())

async function candidates(line: string): Promise<string[]> {
  const { code, stdout, stderr } = await site.run(['complete', '--', line], { global: [] })
  expect([code, stderr]).toEqual([0, ''])
  return stdout.toString().split('\n').slice(0, -1)
}

describe('The candidates', { timeout: 30_000 }, () => {
  it.each([
    ['ftp-client st', ['stat']],
    ['ftp-client get pho', ['photos/']],
    ['ftp-client get photos/', ['photos/one two.jpg']],
    ['ftp-client -q get photos/one\\ t', ['photos/one two.jpg']],
    ['ftp-client get "photos/one t', ['photos/one two.jpg']],
    ['ftp-client put lo', ['local file.txt']],
    ['ftp-client put x --to ph', ['photos/']],
    ['ftp-client get --rec', ['--recursive']],
    ['ftp-client get --if-exists ne', ['newer']],
    ['ftp-client completion z', ['zsh']],
    ['ftp-client help resu', ['resume']],
    ['ftp-client get nothing/', []],
    ['ftp-client nonsense a', []],
    ['ftp-client get --jobs ', []],
  ])('of %j are %j', async (line, expected) => expect(await candidates(line)).toEqual(expected))

  it('are none where no server answers, and nothing is said of it', async () => {
    await site.server.kill()
    expect(await candidates('ftp-client get pho')).toEqual([])
  })
})

it('In a real bash, Tab completes names on the server', { timeout: 30_000 }, async () => {
  const main = path.resolve(import.meta.dirname, '../../apps/client/src/main.ts')
  const bin = path.join(site.home, 'ftp-client')
  const options = `--plaintext --server 127.0.0.1:${site.port} --config '${site.config}'`
  fs.writeFileSync(bin, `#!/bin/sh\nexec '${process.execPath}' '${main}' ${options} "$@"\n`, { mode: 0o755 })
  const command = ['env', `PATH=${site.home}:${process.env.PATH}`, 'PS1=> ', 'bash', '--norc']
  await using bash = await Terminal.run(command, { cwd: site.home, columns: 80, rows: 24 })
  await bash.type('source <(ftp-client completion bash)', 'Enter')
  await bash.type('ftp-client cat ph', 'Tab')
  await bash.shows(/ftp-client cat photos\/$/m)
  await bash.type('Tab')
  await bash.shows(/cat photos\/one\\ two\.jpg$/m)
  await bash.type('&& echo it works', 'Enter')
  await bash.shows(/^xit works$/m)
})
