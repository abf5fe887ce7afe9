import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../support/deadline.ts'
import { writeRandom } from '../support/files.ts'
import { Program, type Result } from '../support/program.ts'
import { TempDir } from '../support/temp-dir.ts'
import { TwoMachines } from '../support/two-machines.ts'

let folder: TempDir
let machines: TwoMachines
beforeEach(() => {
  folder = new TempDir()
  machines = new TwoMachines()
})
afterEach(() => {
  machines[Symbol.dispose]()
  folder[Symbol.dispose]()
})

/** A server on the first machine. */
async function serve(name: string, ...args: string[]): Promise<Program> {
  const root = folder.folder(name)
  const fixed = [root, '--port', '0', '--json', '--anonymous', 'write', '--host', '0.0.0.0']
  const server = new Program('apps/server/src/main.ts', [...fixed, ...args], { under: machines.on(0) })
  await server.event('listening')
  return server
}

/** A command on the second machine, which has been told nothing. */
async function run(...args: string[]): Promise<Result> {
  const options = { cwd: folder.folder('home'), under: machines.on(1) }
  await using client = new Program(
    'apps/client/src/main.ts',
    ['--json', '--config', folder.at('config'), ...args],
    options,
  )
  client.stdin.end()
  return await client.result()
}

describe('On a local network', () => {
  it('a client finds the only server there is, and uses it', async () => {
    await using server = await serve('root')
    const { port, fingerprint } = await server.event('listening')
    const { events } = await run('discover', '--wait', '5s')
    expect(events.slice(0, -1)).toEqual([
      { event: 'server', name: expect.any(String), host: machines.addresses[0], port, fingerprint },
    ])
    const bytes = writeRandom(path.join(folder.folder('home'), 'file.bin'), 3_000_000, 1)
    expect((await run('put', 'file.bin')).code).toBe(0)
    expect(fs.readFileSync(folder.at('root', 'file.bin')).equals(bytes)).toBe(true)
  })

  it('a server can be named as it announces itself', async () => {
    await using _one = await serve('one')
    await using two = await serve('two')
    const { port } = await two.event('listening')
    const { events } = await run('discover', '--wait', '5s')
    const name = String(events.find((event) => event.port === port)?.name)
    const { events: told } = await run('whoami', '-s', `anonymous@${name}`)
    expect(told[0]).toMatchObject({ event: 'account', server: `${machines.addresses[0]}:${port}` })
    const { code, events: lost } = await run('ls', '-s', 'nobody 123456')
    expect(code).toBe(6)
    expect(lost[0]?.message).toContain('no server on the network is called "nobody 123456"')
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a client that is looking, with 130', async (signal) => {
    const args = ['--json', 'discover', '--wait', '10m']
    await using client = new Program('apps/client/src/main.ts', args, { under: machines.on(1) })
    const seen = (name: string): string => `/proc/${client.pid}/${name}`
    await until('a question', () => {
      const isClient = fs.readlinkSync(seen('exe')) === fs.realpathSync(process.execPath)
      // Port 5353, which nobody else has on this machine.
      return isClient && fs.readFileSync(seen('net/udp'), 'utf8').includes(':14E9 ')
    })
    expect(await client.kill(signal)).toMatchObject({ code: 130 })
    expect(client.events.at(-1)).toMatchObject({ event: 'summary', exitCode: 130 })
  })

  it('a client that finds several asks which', async () => {
    await using one = await serve('one')
    await using two = await serve('two')
    const { code, events } = await run('ls')
    expect(code).toBe(6)
    for (const server of [one, two]) {
      const { port } = await server.event('listening')
      expect(events.find(({ event }) => event === 'error')?.message).toContain(
        `${machines.addresses[0]}:${port}`,
      )
    }
  })

  it('a server that does not announce itself is not found', async () => {
    await using _server = await serve('root', '--no-announce')
    const { code, events } = await run('discover', '--wait', '1s')
    expect([code, events.find(({ event }) => event === 'error')]).toEqual([
      3,
      expect.objectContaining({ code: 'not_found' }),
    ])
    expect((await run('ls')).code).toBe(6)
  })
})
