import fs from 'node:fs'
import { expect, it } from 'vitest'
import { startClient } from '../support/client-process.ts'
import { FakeServer } from '../support/fake-server.ts'
import { TempDir } from '../support/temp-dir.ts'

function directory(name: string): object {
  return { name, type: 'directory', size: 0, mtime: 1_700_000_000_000_000, mode: 0o755 }
}

it.each([
  ['ls', 900, ['ls']],
  ['get -r', 30, ['get', '-r', 'tree', '-o', 'got']],
])('a listing without end costs %s little memory, and can be interrupted', async (_, pages, args) => {
  const names = Array.from({ length: 200 }, (_unused, index) => `name-${index}`)
  const tree = directory('tree')
  using folder = new TempDir()
  const finished = Promise.withResolvers<void>()
  await using server = await FakeServer.start(async ({ type }, say) => {
    if (type === 'stat') say({ type: 'entry', entry: tree, version: 'v' })
    if (type !== 'list') return
    for (let sent = 0; sent < pages; sent++) {
      const entries = names.map((name) => directory(`${sent}-${name}`))
      await new Promise<void>((resolve) => say({ type: 'entries', entries }, undefined, resolve))
    }
    finished.resolve()
  })
  const options = { port: server.port, config: folder.at('config'), cwd: folder.folder('home'), global: [] }
  await using client = startClient(args, options)
  await finished.promise
  expect(mostMemory(client.pid)).toBeLessThan(350e6)
  expect((await client.kill('SIGINT')).code).toBe(130)
})

/** The most memory that a process has had, in bytes. */
function mostMemory(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1_024
}
