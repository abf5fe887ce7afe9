import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, writeRandom } from '../support/files.ts'
import type { Program } from '../support/program.ts'
import { Site } from '../support/site.ts'
import { Terminal } from '../support/terminal.ts'

let site: Site
let pipe: string
beforeAll(async () => {
  site = await Site.open()
  pipe = path.join(site.home, 'pipe')
  execFileSync('mkfifo', [pipe])
  writeRandom(path.join(site.root, 'big'), 3 * MIB, 1)
  fs.mkdirSync(path.join(site.home, 'tree'))
})
afterAll(() => site[Symbol.asyncDispose]())

describe('A named pipe that nobody opens at its other end', () => {
  it.each([
    ['as the target', ['get', 'big', '-o', 'pipe'], 'SIGINT'],
    ['as the target, followed', ['get', '--follow', 'big', '-o', 'pipe'], 'SIGTERM'],
    ['as a list', ['put', '-r', 'tree', '--files-from', 'pipe'], 'SIGINT'],
    ['as a list of patterns', ['put', '-r', 'tree', '--exclude-from', 'pipe'], 'SIGTERM'],
    ['as a list of sums', ['verify', '--sums', 'pipe'], 'SIGINT'],
    ['as a file to verify', ['verify', 'pipe', '--to', 'big'], 'SIGINT'],
    ['as a script', ['shell', 'pipe'], 'SIGINT'],
  ] as const)(
    '%s keeps no client from ending with 130 and a summary at the first signal',
    async (_what, command, signal) => {
      // The output does not say when a client begins to wait for the pipe, but its files or its connection do.
      await using proxy = await ChaosProxy.start(site.port)
      await using client = site.start(command, { port: proxy.port })
      if (command[0] === 'get') await proxy.passed('down', 300)
      else await expect.poll(() => openFiles(client)).toContain(pipe)
      const { code } = await client.kill(signal)
      expect({ code, last: client.events.at(-1) }).toMatchObject({
        code: 130,
        last: { event: 'summary', exitCode: 130 },
      })
    },
  )

  it('is written to its end when a reader comes', async () => {
    await using client = site.start(['get', 'big', '-o', 'pipe'])
    const chunks: Buffer[] = []
    for await (const chunk of fs.createReadStream(pipe)) chunks.push(Buffer.from(chunk))
    expect(await client.exit).toMatchObject({ code: 0 })
    expect(Buffer.concat(chunks).equals(fs.readFileSync(path.join(site.root, 'big')))).toBe(true)
  })
})

describe.each(['SIGINT', 'SIGTERM'] as const)('%s ends a client with 130 and a summary', (signal) => {
  it('while it waits to try again', async () => {
    const proxy = await ChaosProxy.start(site.port, () => ({ down: { stallAfter: MIB } }))
    await using client = site.start(['get', 'big', '-o', 'again'], { port: proxy.port })
    await proxy.stalled
    // From now on, nothing answers at this port.
    await proxy[Symbol.asyncDispose]()
    await client.event('retry')
    expect(await client.kill(signal)).toMatchObject({ code: 130 })
    expect(client.events.at(-1)).toMatchObject({ event: 'summary', exitCode: 130 })
  })

  it('while a server that it has just met says nothing', async () => {
    await using proxy = await ChaosProxy.start(site.port, () => ({ down: { stallAfter: 0 } }))
    await using client = site.start(['ls'], { port: proxy.port })
    await proxy.passed('up', 1)
    expect(await client.kill(signal)).toMatchObject({ code: 130 })
    expect(client.events.at(-1)).toMatchObject({ event: 'summary', exitCode: 130 })
  })
})

describe('At the question for a password', () => {
  const asking = (): Promise<Terminal> => {
    const client = [process.execPath, 'apps/client/src/main.ts', '--server', `anna@127.0.0.1:${site.port}`]
    const command = [...client, '--plaintext', '--config', site.config, 'ls']
    const script = '"$@" & echo "pid $!"; fg >/dev/null; echo "code $?"'
    return Terminal.run(['bash', '-m', '-c', script, 'bash', ...command], {
      ...{ cwd: path.resolve(import.meta.dirname, '../..'), columns: 80, rows: 24 },
    })
  }

  it('Ctrl-C ends a client with 130', async () => {
    await using terminal = await asking()
    await terminal.shows(/Password of anna on/)
    await terminal.type('C-c')
    expect(await terminal.shows(/code \d+/)).toMatch(/code 130/)
  })

  it('SIGTERM ends a client with 130', async () => {
    await using terminal = await asking()
    const [, pid] = /pid (\d+)/.exec(await terminal.shows(/Password of anna on/)) ?? []
    process.kill(Number(pid), 'SIGTERM')
    expect(await terminal.shows(/code \d+/)).toMatch(/code 130/)
  })
})

describe('SIGHUP', () => {
  it('without a terminal, as under nohup, ends nothing', async () => {
    await using proxy = await ChaosProxy.start(site.port, () => ({ down: { stallAfter: 2 * MIB } }))
    await using client = site.start(['get', 'big', '-o', 'kept'], { port: proxy.port })
    await proxy.stalled
    process.kill(client.pid, 'SIGHUP')
    proxy.release()
    expect(await client.exit).toEqual({ code: 0, signal: null })
  })

  it('of a terminal that is closed ends the client as SIGTERM does, and leaves no lock', async () => {
    await using proxy = await ChaosProxy.start(site.port, () => ({ down: { stallAfter: 2 * MIB } }))
    const options = ['--server', `127.0.0.1:${proxy.port}`, '--plaintext', '--config', site.config]
    const terminal = await Terminal.start([...options, 'get', 'big', '-o', 'hung'], {
      ...{ cwd: site.home, columns: 80, rows: 24 },
    })
    await proxy.stalled
    await expect.poll(left).toEqual(['hung.ftp.lock', 'hung.ftp.part'])
    await terminal[Symbol.asyncDispose]()
    await expect.poll(left).toEqual(['hung.ftp.part'])
  })
})

/** What a download of `hung` has in its folder. */
function left(): string[] {
  return fs.readdirSync(site.home).filter((name) => name.startsWith('hung'))
}

/** The paths of the files that a program has open. */
function openFiles({ pid }: Program): string[] {
  const folder = `/proc/${pid}/fd`
  return fs.readdirSync(folder).flatMap((fd) => {
    try {
      return [fs.readlinkSync(path.join(folder, fd))]
    } catch {
      return []
    }
  })
}
