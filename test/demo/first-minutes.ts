/*
 * The first two minutes, typed in real terminals (tmux) in a fresh clone: start a server, find it, log in with the line
 * that it prints, store, fetch, look, and talk to the shell. Prints each screen, for a person to judge.
 * Usage: node test/demo/first-minutes.ts [columns...]   (default: 80 200)
 */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { TempDir } from '../support/temp-dir.ts'
import { Terminal } from '../support/terminal.ts'

const REPOSITORY = path.resolve(import.meta.dirname, '../..')
/** The first start installs everything. Milliseconds. */
const INSTALLING_MS = 300_000
const PROMPT = /^\$\n*$(?!\n)/m
const SHELL_PROMPT = /^\S+:\/\S*>\n*$(?!\n)/m

const widths = process.argv.slice(2).map(Number)
using folder = new TempDir()
const clone = folder.at('ftp')
execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${REPOSITORY}`, clone])
for (const columns of widths.length > 0 ? widths : [80, 200]) await firstMinutes(columns)

async function firstMinutes(columns: number): Promise<void> {
  fs.rmSync(path.join(clone, 'storage/.ftp-server'), { recursive: true, force: true })
  const env = { FTP_CLIENT_CONFIG: folder.at(`config-${columns}`), PS1: '$ ' }
  const options = { cwd: clone, columns, rows: 40, env }
  const shell = ['bash', '--norc']
  await using server = await Terminal.run(shell, options)
  await server.type(`npx --yes pnpm@12.21.0 start --port ${7_100 + columns}`, 'Enter')
  const started = await server.shows(/Ctrl-C stops it/, INSTALLING_MS)
  tell(`${columns} columns: the server`, started)

  await using client = await Terminal.run(shell, options)
  const run = async (line: string, done = PROMPT): Promise<void> => {
    await client.type('clear', 'Enter')
    await client.shows(/^\$$/m)
    await client.type(`npx --yes pnpm@12.21.0 ${line}`, 'Enter')
    tell(line, await client.shows(done))
  }
  await run('ftp-client discover')
  const [login = ''] = /ftp-client login \S+/.exec(started) ?? []
  await run(login, /[Pp]assword/)
  const [, password = ''] = /password {2}(\S+)/.exec(started) ?? []
  await client.type(password, 'Enter')
  tell('the password', await client.shows(PROMPT))
  await run('ftp-client whoami')
  await run('ftp-client put LICENSE')
  await run('ftp-client ls')
  await run('ftp-client get LICENSE -o copy.txt')
  await run('ftp-client put -r docs')
  await run('ftp-client get nothing')
  await run('ftp-client', SHELL_PROMPT)
  for (const line of ['ls', 'get LIC', 'help', 'exit']) {
    await client.type(line)
    if (line === 'get LIC') {
      await client.type('Tab')
      await client.shows(/> get LICENSE\n*$(?!\n)/m)
    }
    await client.type('Enter')
    tell(`in the shell: ${line}`, await client.shows(line === 'exit' ? PROMPT : SHELL_PROMPT))
  }
  await server.type('C-c')
  tell('the server, stopped', await server.shows(PROMPT))
}

function tell(title: string, screen: string): void {
  process.stdout.write(`\n──── ${title}\n${screen.trimEnd()}\n`)
}
