import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runClient } from '../support/client-process.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'
import { mget, mput } from '../support/together.ts'

let folder: TempDir
let server: ServerProcess
let port: number
beforeAll(async () => {
  folder = new TempDir()
  server = await ServerProcess.start({
    root: folder.folder('root'),
    threads: 2,
    args: ['--metrics', '0'],
  })
  port = Number((await server.program.event('metrics')).port)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

async function ask(url: string, method = 'GET'): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${url}`, { method })
  return { status: response.status, text: await response.text() }
}

/** Every sample of the metrics, by its name and labels as they are written. */
async function samples(): Promise<Record<string, number>> {
  const { text } = await ask('/metrics')
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  )
}

it('health and readiness answer while it serves; everything else is refused', async () => {
  expect(await ask('/health')).toEqual({ status: 200, text: 'ok\n' })
  expect(await ask('/ready')).toEqual({ status: 200, text: 'ready\n' })
  expect((await ask('/')).status).toBe(404)
  expect((await ask('/metrics', 'POST')).status).toBe(405)
})

it('what clients do is counted by its outcome, and no name or address is told', async () => {
  const home = folder.folder('home')
  fs.writeFileSync(path.join(home, 'secret-name.txt'), 'hello')
  const options = { port: server.port, config: folder.at('config'), cwd: home }
  expect(await runClient(['put', 'secret-name.txt'], options)).toMatchObject({ code: 0 })
  await using client = await RawClient.login({ host: '127.0.0.1', port: server.port })
  const bytes = Buffer.from('hello')
  await mput(client, [
    { path: 'a', bytes },
    { path: 'no/where', bytes },
    { path: 'b', bytes },
  ])
  await mget(client, ['a', 'b', 'a'])
  expect(await runClient(['get', 'missing'], options)).toMatchObject({ code: 3 })
  // Threads pass on what they have counted by and by, each on its own.
  await expect.poll(samples).toMatchObject({
    'ftp_actions_total{action="put",outcome="ok"}': 3,
    'ftp_actions_total{action="put",outcome="not_found"}': 1,
    'ftp_actions_total{action="get",outcome="ok"}': 3,
    'ftp_actions_total{action="get",outcome="not_found"}': 1,
    'ftp_bytes_total{action="put"}': 15,
    ftp_handler_threads: 2,
    ftp_connections_refused_total: 0,
    process_resident_memory_bytes: expect.any(Number),
  })
  expect((await ask('/metrics')).text).not.toMatch(/secret-name|missing|127\.0\.0\.1|anonymous/)
})

it('a port that is taken is told, and the server does not start without it', async () => {
  const program = ServerProcess.launch({ root: folder.folder('other'), args: ['--metrics', `${port}`] })
  expect(await program.exit).toEqual({ code: 2, signal: null })
  expect(program.stderr).toMatch(/the metrics' port \d+ cannot be used; choose another with --metrics/)
})
