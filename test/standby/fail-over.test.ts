import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD } from '../support/accounts.ts'
import { MIB, randomBytes, randomNumbers } from '../support/files.ts'
import { type Ended, runForeign } from '../support/foreign-program.ts'
import { Program } from '../support/program.ts'
import { type Machine, SharedStorage } from '../support/shared-storage.ts'
import { TempDir } from '../support/temp-dir.ts'

/** How many; `pnpm torture standby` makes twenty. */
const FAIL_OVERS = Number(process.env.FAIL_OVERS ?? 2)
const SEED = Number(process.env.SEED ?? 1)
const PORT = 7021
/** What one client of ours uploads in each round. */
const SIZES = [65, 40_000, 3 * MIB + 5, 8 * MIB + 17, 16 * MIB]
/** Files for curl and for sftp. */
const LARGE = 12 * MIB + 3
const QUOTA = 100 * MIB
const SECONDS_FOR_ONE = 240

let shared: SharedStorage
let desk: TempDir
let active: Server
/** What anna has stored. */
const files = new Map<string, Buffer>()

/** A server on one of the machines, which the clients' address leads to. */
interface Server {
  readonly machine: Machine
  readonly program: Program
  readonly fingerprints: readonly unknown[]
}

beforeAll(async () => {
  desk = new TempDir()
  shared = await SharedStorage.start()
  const [first] = shared.machines
  await command(first, ['user', 'add', 'anna', '--home', '/', '--quota', String(QUOTA), '--password-stdin'])
  await foreign('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', 'id'])
  await command(first, ['user', 'key', 'add', 'anna', desk.at('id.pub')])
  active = await serve(first)
})
afterAll(async () => {
  await active?.program.kill()
  shared?.[Symbol.dispose]()
  desk[Symbol.dispose]()
})

describe('a cold standby on a shared folder', () => {
  it('is refused as long as the active server runs', async () => {
    const [, second] = shared.machines
    await using refused = launch(second)
    expect(await refused.result()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('another ftp-server is serving'),
    })
  })

  it(`takes over from a machine that fails in the middle of uploads, ${FAIL_OVERS} times (SEED=${SEED}): its clients continue, nothing is wrong or lost, and nobody sees another server`, {
    timeout: FAIL_OVERS * SECONDS_FOR_ONE * 1_000,
  }, async () => {
    const random = randomNumbers(SEED)
    const url = `https://${shared.address}:${PORT}`
    await curl(['--cookie-jar', 'jar', '--user', `anna:${PASSWORD}`, '--request', 'POST', `${url}/session`])
    files.set('before.bin', randomBytes(MIB, SEED))
    for (const [name, bytes] of files) fs.writeFileSync(desk.at(name), bytes)
    await using before = client(['put', ...files.keys()])
    expect(await before.result()).toMatchObject({ code: 0 })
    for (let round = 0; round < FAIL_OVERS; round++) {
      const { machine, program, fingerprints } = active
      const names = SIZES.map((_, index) => `ftx${index}.bin`)
      const sizes = [...SIZES, LARGE, LARGE]
      for (const [index, name] of [...names, 'curl.bin', 'sftp.bin'].entries()) {
        const bytes = randomBytes(sizes[index] ?? 0, SEED * 1_000 + round * 100 + index)
        fs.writeFileSync(desk.at(name), bytes)
        files.set(name, bytes)
      }
      await using ours = client(['put', '--if-exists', 'replace', ...names])
      const others = [
        curl([
          '--user',
          `anna:${PASSWORD}`,
          '--retry',
          '100',
          '--retry-all-errors',
          '--retry-delay',
          '1',
          ...['--upload-file', 'curl.bin', `${url}/files/curl.bin`],
        ]),
        sftpUntilDone('sftp.bin', round),
      ]
      await acknowledged(ours, random() * SIZES.reduce((sum, size) => sum + size, 0) * 0.8)
      machine.fail()
      await program.kill()
      active = await takeOver(shared.machines.find((one) => one !== machine) ?? machine)
      expect(active.fingerprints).toEqual(fingerprints)
      expect(await ours.result()).toMatchObject({ code: 0 })
      await Promise.all(others)
      await expectAllRight()
      for (const [name, bytes] of files) {
        const file = await curl(['--cookie', 'jar', '--output', 'back', `${url}/files/${name}`])
        expect(file.code, `${name} with the session from before`).toBe(0)
        expect(fs.readFileSync(desk.at('back')).equals(bytes), `${name} in round ${round}`).toBe(true)
      }
      expect(await used()).toBe([...files.values()].reduce((sum, { length }) => sum + length, 0))
      machine.start()
    }
  })

  it('takes over from a machine that is cut off and goes on running, whose server ends by itself when it is back', async () => {
    const { machine, program } = active
    machine.disconnect()
    active = await takeOver(shared.machines.find((one) => one !== machine) ?? machine)
    machine.connect()
    expect(await program.exit).toEqual({ code: null, signal: 'SIGKILL' })
    expect(program.stderr).toContain('has taken over')
    await expectAllRight()
  })
})

/** Starts a server on a machine, until it is no longer refused because of the one before, and leads clients to it. */
async function takeOver(machine: Machine): Promise<Server> {
  for (;;) {
    const program = launch(machine)
    const listening = program.event('listening').catch(() => undefined)
    if ((await listening) !== undefined) return await lead(machine, program)
    expect(program.stderr).toContain('another ftp-server')
  }
}

async function serve(machine: Machine): Promise<Server> {
  return await lead(machine, launch(machine))
}

async function lead(machine: Machine, program: Program): Promise<Server> {
  const { fingerprint, doors } = await program.event('listening')
  shared.move(machine)
  const ssh = Array.isArray(doors) ? doors.find(({ door }) => door === 'sftp')?.fingerprint : undefined
  return { machine, program, fingerprints: [fingerprint, ssh] }
}

function launch({ folder, under }: Machine): Program {
  const args = ['--host', '0.0.0.0', '--port', String(PORT), '--json', '--threads', '1', '--no-announce']
  return new Program('apps/server/src/main.ts', [folder, ...args, '--log-level', 'error'], { under })
}

/** Runs a command of the server on a machine. */
async function command({ folder, under }: Machine, args: readonly string[]) {
  await using program = new Program('apps/server/src/main.ts', [...args, '--root', folder], { under })
  program.stdin.end(`${PASSWORD}\n`)
  const result = await program.result()
  expect(result.stderr).toBe('')
  return result
}

/** Each file has the digest with which it was stored, by whichever machine. */
async function expectAllRight(): Promise<void> {
  const { code, events } = await command(active.machine, ['check', '--json'])
  expect(code).toBe(0)
  expect(events.at(-1)).toMatchObject({ right: files.size, unknown: 0, damaged: 0, failed: 0 })
}

function client(args: readonly string[]): Program {
  return new Program(
    'apps/client/src/main.ts',
    [
      '--server',
      `anna@${shared.address}:${PORT}`,
      '--config',
      desk.at('config'),
      '--json',
      ...['--retry-for', '5m'],
      ...args,
    ],
    { under: shared.client, cwd: desk.path, env: { FTP_PASSWORD: PASSWORD } },
  )
}

/** Resolves when the server has acknowledged so many bytes of an upload. */
async function acknowledged(upload: Program, bytes: number): Promise<void> {
  await upload.until(() => {
    const done = new Map<unknown, number>()
    for (const { path: file, bytes: count } of upload.events)
      if (typeof count === 'number') done.set(file, count)
    return [...done.values()].reduce((sum, count) => sum + count, 0) >= bytes || undefined
  }, 'its progress')
}

/** How many bytes the server counts for the account, without those of unfinished uploads. */
async function used(): Promise<number> {
  await using account = client(['whoami'])
  await using uploads = client(['uploads'])
  const { quota } = await account.event('account')
  const unfinished = (await uploads.result()).events.filter(({ event }) => event === 'upload')
  const held = unfinished.reduce((sum, { size }) => sum + Number(size), 0)
  return Number(Object(Object(quota).bytes).used) - held
}

async function curl(args: readonly string[]): Promise<Ended> {
  return await foreign('curl', ['--silent', '--show-error', '--insecure', '--fail', ...args])
}

/** Uploads a file as a user does who begins again where an interruption has left it. */
async function sftpUntilDone(name: string, round: number): Promise<void> {
  const options = [
    ...[
      '-P',
      String(PORT),
      '-o',
      'StrictHostKeyChecking=accept-new',
      '-o',
      `UserKnownHostsFile=${desk.at('known_hosts')}`,
    ],
    ...[
      '-o',
      'ServerAliveInterval=2',
      '-o',
      'ServerAliveCountMax=3',
      '-o',
      'ConnectTimeout=5',
      '-i',
      desk.at('id'),
    ],
  ]
  for (let line = 'put'; ; ) {
    const args = ['-q', ...options, '-b', '-', `anna@${shared.address}`]
    const { code, stderr } = await foreign('sftp', args, `${line} ${name}\n`)
    expect(stderr, `in round ${round}`).not.toMatch(/host key|IDENTIFICATION/i)
    if (code === 0) return
    // If all of it has arrived, or an older file is there, there is nothing to continue.
    line = /same size or larger/.test(stderr) ? 'put' : 'reput'
  }
}

async function foreign(name: string, args: readonly string[], input = ''): Promise<Ended> {
  const [under = '', ...rest] = shared.client
  return await runForeign(under, [...rest, name, ...args], { cwd: desk.path, input })
}
