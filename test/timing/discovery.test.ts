import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/deadline.ts'
import { writeRandom } from '../support/files.ts'
import { Program, type ProgramEvent, type Result } from '../support/program.ts'
import { TempDir } from '../support/temp-dir.ts'
import { TwoMachines } from '../support/two-machines.ts'

/*
 * A command that has to find a server looks around for a second and a half; `discover` does it for as long as it is told.
 * So there are several networks, and what looks around in them does so at the same time.
 */
let stack: AsyncDisposableStack
let folder: TempDir
let lonely: Network
let shared: Network
let silent: Network
beforeAll(async () => {
  stack = new AsyncDisposableStack()
  folder = stack.use(new TempDir())
  ;[lonely, shared, silent] = await Promise.all([open([]), open([], []), open(['--no-announce'])])
})
afterAll(() => stack.disposeAsync())

/** Two machines: one for servers, and one for commands that have been told nothing. */
interface Network {
  readonly machines: TwoMachines
  /** What each server has said of itself. */
  readonly servers: readonly (ProgramEvent & { readonly root: string })[]
}

/** @param servers the options of each server */
async function open(...servers: readonly (readonly string[])[]): Promise<Network> {
  const machines = stack.use(new TwoMachines())
  const start = async (args: readonly string[]): Promise<Network['servers'][number]> => {
    const root = fs.mkdtempSync(folder.at('root-'))
    const fixed = [
      root,
      '--port',
      '0',
      '--json',
      '--anonymous',
      'write',
      '--host',
      '0.0.0.0',
      '--threads',
      '1',
    ]
    const options = { under: machines.on(0) }
    const server = stack.use(new Program('apps/server/src/main.ts', [...fixed, ...args], options))
    return { ...(await server.event('listening')), root }
  }
  return { machines, servers: await Promise.all(servers.map(start)) }
}

async function run({ machines }: Network, ...args: string[]): Promise<Result> {
  const options = { cwd: folder.folder('home'), under: machines.on(1) }
  const fixed = ['--json', '--config', folder.at('config')]
  await using client = new Program('apps/client/src/main.ts', [...fixed, ...args], options)
  client.stdin.end()
  return await client.result()
}

describe.concurrent('On a local network', () => {
  it('a client finds the only server there is, and uses it', async () => {
    const [server] = lonely.servers
    if (server === undefined) throw new Error('there is no server')
    const bytes = writeRandom(path.join(folder.folder('home'), 'file.bin'), 3_000_000, 1)
    const [{ events }, put] = await Promise.all([
      run(lonely, 'discover', '--wait', '5s'),
      run(lonely, 'put', 'file.bin'),
    ])
    const { port, fingerprint, root } = server
    expect(events.slice(0, -1)).toEqual([
      { event: 'server', name: expect.any(String), host: lonely.machines.addresses[0], port, fingerprint },
    ])
    expect(put).toMatchObject({ code: 0 })
    expect(fs.readFileSync(path.join(root, 'file.bin')).equals(bytes)).toBe(true)
  })

  it('a server can be named as it announces itself', async () => {
    const port = shared.servers[1]?.['port']
    const { events } = await run(shared, 'discover', '--wait', '3s')
    const name = String(events.find((event) => event['port'] === port)?.['name'])
    const { events: told } = await run(shared, 'whoami', '-s', `anonymous@${name}`)
    expect(told[0]).toMatchObject({ event: 'account', server: `${shared.machines.addresses[0]}:${port}` })
  })

  it('there is nobody else', async () => {
    const { code, events } = await run(shared, 'ls', '-s', 'nobody 123456')
    expect(code).toBe(6)
    expect(events[0]?.['message']).toContain('no server on the network is called "nobody 123456"')
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a client that is looking, with 130', async (signal) => {
    const args = ['--json', 'discover', '--wait', '10m']
    await using client = new Program('apps/client/src/main.ts', args, { under: silent.machines.on(1) })
    const seen = (name: string): string => `/proc/${client.pid}/${name}`
    await until('a question', () => {
      const isClient = fs.readlinkSync(seen('exe')) === fs.realpathSync(process.execPath)
      // Of all sockets of this program, those of port 5353: others on its machine ask, too.
      const sockets = fs.readdirSync(seen('fd')).map((fd) => linkOf(seen(`fd/${fd}`)))
      const asking = fs.readFileSync(seen('net/udp'), 'utf8').split('\n')
      return isClient && asking.some((line) => line.includes(':14E9 ') && sockets.includes(socketOf(line)))
    })
    expect(await client.kill(signal)).toMatchObject({ code: 130 })
    expect(client.events.at(-1)).toMatchObject({ event: 'summary', exitCode: 130 })
  })

  it('a client that finds several asks which', async () => {
    const { code, events } = await run(shared, 'ls')
    expect(code).toBe(6)
    for (const { port } of shared.servers)
      expect(events.find(({ event }) => event === 'error')?.['message']).toContain(
        `${shared.machines.addresses[0]}:${port}`,
      )
  })

  it('a server that does not announce itself is not found', async () => {
    const [{ code, events }, listing] = await Promise.all([
      run(silent, 'discover', '--wait', '1s'),
      run(silent, 'ls'),
    ])
    expect([code, events.find(({ event }) => event === 'error')]).toEqual([
      3,
      expect.objectContaining({ code: 'not_found' }),
    ])
    expect(listing.code).toBe(6)
  })
})

function linkOf(file: string): string {
  try {
    return fs.readlinkSync(file)
  } catch {
    return ''
  }
}

/** The socket in a line of /proc/net/udp, as a link in /proc/<pid>/fd names it. */
function socketOf(line: string): string {
  return `socket:[${line.trim().split(/\s+/)[9]}]`
}
