import { parsePath } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { Program, type Result } from '../support/program.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { TempDir } from '../support/temp-dir.ts'
import { Terminal } from '../support/terminal.ts'
import { user } from '../support/user-command.ts'

/* An account changes its own password. */

const NEW = 'a better one'

let served: ServedFolder
let home: TempDir
beforeEach(async () => {
  served = await ServedFolder.start({ plaintext: false, anonymous: 'read' })
  await addAccount(served.root, 'anna', { home: parsePath('anna') })
  home = new TempDir()
})
afterEach(async () => {
  home[Symbol.dispose]()
  await served[Symbol.asyncDispose]()
})

const address = (): string => `anna@127.0.0.1:${served.server.port}`
const environment = (): Record<string, string> => ({ FTP_CLIENT_CONFIG: home.at('config') })

async function run(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Result> {
  const options = { cwd: home.path, env: { ...environment(), ...env } }
  await using program = new Program('apps/client/src/main.ts', args, options)
  program.stdin.end(input)
  return await program.result()
}

describe('ftp-client passwd', () => {
  it('changes the password in a script, and keeps the login', async () => {
    expect(await run(['login', address(), '--password-stdin'], PASSWORD)).toMatchObject({ code: 0 })
    const changed = await run(['passwd', '--password-stdin'], NEW, { FTP_PASSWORD: PASSWORD })
    expect(changed).toMatchObject({ code: 0, stderr: '' })
    expect(changed.stdout.toString()).toMatch(/^anna has a new password on 127/)
    expect(await run(['whoami'])).toMatchObject({ code: 0 })
    expect(await run(['-s', address(), 'whoami'], '', { FTP_PASSWORD: PASSWORD })).toMatchObject({ code: 4 })
    expect(await run(['-s', address(), 'whoami'], '', { FTP_PASSWORD: NEW })).toMatchObject({ code: 0 })
    const { stdout } = await auditOf('passwd')
    expect(stdout.toString()).toMatch(/ anna +passwd +ok\n$/)
  })

  it('takes neither a short password nor a wrong old one', async () => {
    const short = await run(['-s', address(), 'passwd', '--password-stdin'], 'short', {
      FTP_PASSWORD: PASSWORD,
    })
    expect(short).toMatchObject({ code: 2, stderr: expect.stringContaining('use at least 8 characters') })
    const wrong = await run(['-s', address(), 'passwd', '--password-stdin'], NEW, {
      FTP_PASSWORD: 'not that',
    })
    expect(wrong).toMatchObject({ code: 4 })
    expect(await run(['-s', address(), 'whoami'], '', { FTP_PASSWORD: PASSWORD })).toMatchObject({ code: 0 })
  })

  it('asks a person, even one who is logged in, for the old password and twice for the new one', async () => {
    expect(await run(['login', address(), '--password-stdin'], PASSWORD)).toMatchObject({ code: 0 })
    const size = { cwd: home.path, columns: 100, rows: 20, env: environment() }
    await using terminal = await Terminal.start(['passwd'], size)
    await terminal.shows(/Password of anna on/)
    await terminal.type(PASSWORD, 'Enter')
    await terminal.shows(/New password:/)
    await terminal.type(NEW, 'Enter')
    await terminal.shows(/The same again:/)
    await terminal.type(NEW, 'Enter')
    expect(await terminal.shows(/anna has a new password/)).not.toContain(NEW)
  })
})

describe('The request passwd', () => {
  const verifier = { salt: '0'.repeat(32), storedKey: '1'.repeat(64), serverKey: '2'.repeat(64) }

  it('P-6.25: is refused to who is anonymous, and with another number of iterations', async () => {
    await using nobody = await RawClient.login({ ...served.server, secure: true })
    const refused = await nobody.ask({ type: 'passwd', iterations: 600_000, ...verifier }, 'error')
    expect(refused.code).toBe('forbidden')
    await using anna = await RawClient.loginAs({ ...served.server, secure: true }, 'anna', PASSWORD)
    const weak = await anna.ask({ type: 'passwd', iterations: 4_096, ...verifier }, 'error')
    expect(weak.code).toBe('bad_request')
  })

  it('P-6.25: logs everybody out who is logged in with the old password', async () => {
    await using anna = await RawClient.loginAs({ ...served.server, secure: true }, 'anna', PASSWORD)
    await using again = await RawClient.loginAs({ ...served.server, secure: true }, 'anna', PASSWORD)
    await anna.ask({ type: 'passwd', iterations: 600_000, ...verifier }, 'done')
    for (const client of [anna, again]) {
      client.request({ type: 'ping' })
      expect((await client.take('error')).reply.code).toBe('login')
    }
  })
})

async function auditOf(action: string): Promise<Result> {
  await using program = new Program(
    'apps/server/src/main.ts',
    ['audit', '--root', served.root, '--action', action],
    {},
  )
  return await program.result()
}

it('ftp-server audit refuses an action that it does not know', async () => {
  expect(await auditOf('frob')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/frob.*Allowed choices/),
  })
  expect(await user(served.root, ['list'])).toMatchObject({ code: 0 })
})
