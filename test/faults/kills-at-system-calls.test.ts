import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { startClient } from '../support/client-process.ts'
import { MIB, randomBytes, writeRandom } from '../support/files.ts'
import type { Program } from '../support/program.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

/** How often each call is killed at; `pnpm torture` goes on until a whole put goes through unhit. */
const MOST = Number(process.env.KILLS_AT_CALLS ?? 3)
/** Come together with each other, and beside a large file. */
const SMALL = ['one.bin', 'two.bin', 'three.bin']
/** What the server does to files between the first byte of a put and its answer. */
const ALL = [
  ...['pwrite64', 'fsync', 'rename'],
  ...['openat', 'ftruncate', 'fchmod', 'utimensat', 'fdatasync', 'link', 'unlink', 'statfs'],
]
const CALLS = MOST > 3 ? ALL : ALL.slice(0, 3)
/** Opening files is mostly what a start does. */
const CALLS_OF_A_START: Readonly<Record<string, number>> = { openat: 60 }
const SECONDS_FOR_ONE = 15

const OLD = randomBytes(1_500_000, 1)
let killed = 0

describe.each(CALLS)('A server that dies at %s', (call) => {
  it(
    'has stored the old file or the new one, and the client finishes when it is back',
    async () => {
      for (let at = 1; at <= MOST; at++) if (!(await killAt(call, at + (CALLS_OF_A_START[call] ?? 0)))) break
    },
    300_000 + MOST * SECONDS_FOR_ONE * 1_000,
  )
})

it('servers have died', () => {
  console.log(`${killed} servers killed at a system call, 0 wrong files`)
  expect(killed).toBeGreaterThanOrEqual(CALLS.length)
})

/** @returns whether there was such a call to be killed at */
async function killAt(call: string, at: number): Promise<boolean> {
  using folder = new TempDir()
  const [root, home] = [folder.folder('root'), folder.folder('home')]
  const [from, to] = [folder.folder('home/tree'), folder.folder('root/tree')]
  fs.writeFileSync(path.join(to, 'large.bin'), OLD)
  const large = writeRandom(path.join(from, 'large.bin'), 2 * MIB + 5, 2)
  const small = SMALL.map((name, index) => [name, writeRandom(path.join(from, name), 5_000, index)] as const)
  const files = new Map([['large.bin', large], ...small])
  // One pool thread, because calls are counted for each. -D: the server itself is our child.
  const strace = ['strace', '-D', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`]
  const under = [...strace, '-e', `inject=${call}:signal=KILL:when=${at}`]
  const env = { UV_THREADPOOL_SIZE: '1' }
  const server = ServerProcess.launch({ root, under, env, args: ['--no-announce'] })
  const port = await listening(server)
  if (port === undefined) {
    // It died while it started: the next start has to get along with that.
    killed++
    await using again = await ServerProcess.start({ root })
    await put(again.port, home, folder.at('config')).exit
    expectStored(to, files)
    return true
  }
  let current = port
  await using proxy = await ChaosProxy.start(() => current)
  await using client = put(proxy.port, home, folder.at('config'))
  const first = await Promise.race([server.exit.then(() => 'server'), client.exit.then(() => 'client')])
  // A client that the dead server has never let in has not waited for it.
  const isHit = first === 'server' || (await client.exit).code === 6
  if (isHit) {
    await server.exit
    killed++
    const shown = fs.readFileSync(path.join(to, 'large.bin'))
    expect(shown.equals(OLD) || shown.equals(large), `large.bin, ${call} ${at}`).toBe(true)
    for (const [name, bytes] of small) {
      const isThere = fs.existsSync(path.join(to, name))
      if (isThere)
        expect(fs.readFileSync(path.join(to, name)).equals(bytes), `${name}, ${call} ${at}`).toBe(true)
    }
    await using again = await ServerProcess.start({ root })
    current = again.port
    const { code } = await client.exit
    const wasLetIn = client.events.some(({ event }) => event !== 'summary' && event !== 'error')
    if (code === 6 && !wasLetIn)
      expect(await put(proxy.port, home, folder.at('config')).exit).toEqual({ code: 0, signal: null })
    else expect(code, `${call} ${at}`).toBe(0)
    expectStored(to, files)
    await again.kill('SIGTERM')
  }
  expectStored(to, files)
  await server.kill()
  return isHit
}

async function listening(server: Program): Promise<number | undefined> {
  const began = server.event('listening').then(
    ({ port }) => Number(port),
    () => undefined,
  )
  return await Promise.race([began, server.exit.then(() => undefined)])
}

function put(port: number, cwd: string, config: string): Program {
  return startClient(['put', '-j', '1', '-r', 'tree'], { port, cwd, config })
}

function expectStored(folder: string, files: ReadonlyMap<string, Buffer>): void {
  for (const [name, bytes] of files)
    expect(fs.readFileSync(path.join(folder, name)).equals(bytes), name).toBe(true)
  const shown = fs.readdirSync(folder).filter((name) => !name.startsWith('.ftp-part-'))
  expect(shown.sort()).toEqual([...files.keys()].sort())
}
