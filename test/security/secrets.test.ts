import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { Program, type Result } from '../support/program.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'
import { user } from '../support/user-command.ts'

/**
 * T36: a password stands in no argument of any process, no log, no state and no config, however it was given; nor does a
 * token or the secret of a link.
 */
const MARKERS = {
  added: 'Zq7marker-added',
  changed: 'Zq7marker-changed',
  wrong: 'Zq7marker-wrong',
} as const
const MARKER = 'Zq7marker'

/** Looks at the arguments of all processes, again and again. */
class ProcessList implements Disposable {
  readonly seen = new Set<string>()
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => this.#look(), 5)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        this.seen.add(fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '))
      } catch {
        // Gone meanwhile.
      }
    }
  }
}

/** Every file below a folder that has this text. */
function filesWith(text: string, folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .filter((file) => fs.readFileSync(file).includes(text))
}

it('a password is nowhere but where it was typed', async () => {
  using folder = new TempDir()
  using processes = new ProcessList()
  const root = folder.folder('root')
  const config = folder.at('config')
  const log = folder.at('server.log')
  const outputs: string[] = []

  const add = ['add', 'anna', '--password-stdin']
  expect(await note(user(root, add, MARKERS.added))).toMatchObject({ code: 0 })
  const args = ['--anonymous', 'none', '--log-file', log, '--log-level', 'info']
  const server = await ServerProcess.start({ root, args })
  const at = `anna@127.0.0.1:${server.port}`
  const login = ['login', at, '--password-stdin']
  expect(await client(login, { input: MARKERS.added })).toMatchObject({ code: 0 })
  fs.writeFileSync(folder.at('file'), 'content')
  expect(await client(['put', folder.at('file')])).toMatchObject({ code: 0 })
  expect(await note(user(root, ['passwd', 'anna', '--password-stdin'], MARKERS.changed))).toMatchObject({
    code: 0,
  })
  expect(await client(login, { input: MARKERS.wrong })).toMatchObject({ code: 4 })
  expect(await client(['--json', '-s', at, 'ls'], { password: MARKERS.wrong })).toMatchObject({ code: 4 })
  expect(await client(login, { password: MARKERS.changed, input: MARKERS.changed })).toMatchObject({
    code: 0,
  })
  expect(await client(['whoami'])).toMatchObject({ code: 0 })
  const made = [await client(['-q', 'share', 'file']), await client(['-q', 'token', 'add', 'backup'])]
  const secrets = made.map(({ stdout }) => /ftp[lt]_\w+/.exec(stdout.toString())?.[0] ?? 'none')
  const unknown = await fetch(`http://127.0.0.1:${server.port}/s/${secrets[0]}`)
  expect(unknown.status).toBeGreaterThan(0)
  await server.kill('SIGTERM')
  outputs.push(server.program.stdout.toString(), server.program.stderr)

  // What was looked at has been there.
  expect([...processes.seen].filter((line) => line.includes('--password-stdin')).length).toBeGreaterThan(0)
  expect(fs.readFileSync(log, 'utf8')).toContain('"login"')
  expect(fs.readdirSync(config)).toContain('logins.json')
  expect(filesWith('anna', folder.path).length).toBeGreaterThan(2)

  expect([...processes.seen].filter((line) => line.includes(MARKER))).toEqual([])
  expect(outputs.filter((text) => text.includes(MARKER))).toEqual([])
  expect(filesWith(MARKER, folder.path)).toEqual([])
  for (const secret of secrets) {
    expect(secret).toHaveLength(36)
    expect(filesWith(secret, folder.path)).toEqual([])
  }

  async function client(
    command: readonly string[],
    { input = '', password }: { input?: string; password?: string } = {},
  ): Promise<Result> {
    const env = {
      FTP_CLIENT_CONFIG: config,
      ...(password !== undefined && { FTP_PASSWORD: password }),
    }
    await using program = new Program('apps/client/src/main.ts', ['--plaintext', ...command], { env })
    program.stdin.end(input)
    return await note(program.result())
  }

  async function note(result: Promise<Result>): Promise<Result> {
    const { stdout, stderr } = await result
    outputs.push(stdout.toString(), stderr)
    return await result
  }
})
