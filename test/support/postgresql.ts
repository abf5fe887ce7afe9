import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { TempDir } from './temp-dir.ts'

/** Where Debian's package `postgresql` puts its programs. */
const PROGRAMS = '/usr/lib/postgresql/15/bin'
/** PostgreSQL refuses to run as root, so that the tests of root run it as the user of Debian's package. */
const AS_USER =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
const READY = 'database system is ready to accept connections'

/** Tests neither need to survive a power loss, nor a network. */
const SETTINGS = { listen_addresses: '', fsync: 'off', max_connections: '50', lc_messages: 'C' }

/** A real PostgreSQL, which only this machine reaches, through a socket in a folder of its own. */
export class PostgreSql implements AsyncDisposable {
  readonly #folder: TempDir
  readonly #settings: Readonly<Record<string, string>>
  #process: ChildProcessByStdio<null, null, Readable> | undefined
  #schemas = 0

  private constructor(folder: TempDir, settings: Readonly<Record<string, string>>) {
    this.#folder = folder
    this.#settings = { ...SETTINGS, unix_socket_directories: folder.path, ...settings }
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<PostgreSql> {
    const folder = new TempDir()
    if (AS_USER.length > 0) run(folder.path, 'chown', ['postgres', folder.path])
    const options = [
      '--auth=trust',
      '--username=postgres',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ]
    runAsUser(folder.path, 'initdb', ['--pgdata', folder.at('data'), ...options])
    const server = new PostgreSql(folder, settings)
    await server.start()
    return server
  }

  /** Starts it again after {@link stop}. */
  async start(): Promise<void> {
    const settings = Object.entries(this.#settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const [command = '', ...args] = asUser('postgres', ['-D', this.#folder.at('data'), ...settings])
    const child = spawn(command, args, { cwd: this.#folder.path, stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    const said: string[] = []
    for await (const line of createInterface(child.stderr)) {
      said.push(line)
      if (line.includes(READY)) {
        // It waits as soon as nobody reads what it says.
        child.stderr.resume()
        return
      }
    }
    throw new Error(`PostgreSQL does not start: ${said.join('\n')}`)
  }

  /** Ends it. @param signal SIGINT ends its connections first; SIGQUIT is a crash */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  /** Makes an empty schema. @returns the URL with which a client works in it */
  schema(): string {
    const name = `test${++this.#schemas}`
    this.sql(`CREATE SCHEMA ${name}`)
    return this.url(name)
  }

  url(schema = 'public'): string {
    const settings = encodeURIComponent(`-c search_path=${schema}`)
    return `postgres://postgres@localhost/postgres?host=${encodeURIComponent(this.#folder.path)}&options=${settings}`
  }

  /** Runs SQL by its own client. @returns the values of the rows, one row a line */
  sql(statements: string): string {
    const args = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1']
    const to = ['--host', this.#folder.path, '--username=postgres', 'postgres']
    return runAsUser(this.#folder.path, 'psql', [...args, ...to, '--command', statements]).trim()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGQUIT')
    this.#folder[Symbol.dispose]()
  }
}

function asUser(program: string, args: readonly string[]): string[] {
  const file = path.join(PROGRAMS, program)
  if (!fs.existsSync(file)) throw new Error(`"${file}" is missing; install Debian's package postgresql`)
  return [...AS_USER, file, ...args]
}

function runAsUser(cwd: string, program: string, args: readonly string[]): string {
  const [command = '', ...rest] = asUser(program, args)
  return run(cwd, command, rest)
}

function run(cwd: string, command: string, args: readonly string[]): string {
  const { PATH } = process.env
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env: { PATH } })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
  return stdout
}
