import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { runClient } from '../support/client-process.ts'
import { md5Of } from '../support/files.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

const NAME = "$(touch pwned); it's `a` file.txt"
const HELD = "-o ProxyCommand='x'"

it('After an upload the server runs a program and posts to a URL, whatever the file is called', async () => {
  using folder = new TempDir()
  const posted: unknown[] = []
  const receiver = http.createServer(async (request, response) => {
    posted.push(JSON.parse(await text(request)))
    response.end()
    receiver.emit('posted')
  })
  await once(receiver.listen(0, '127.0.0.1'), 'listening')
  const address = receiver.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const program = folder.at('hook')
  const lines = [
    '#!/bin/sh',
    'cat > "$0.json"',
    'printf %s "$1" > "$0.file"',
    'touch "$0.done.$(cat "$1")"',
    'exit 3',
  ]
  fs.writeFileSync(program, `${lines.join('\n')}\n`, { mode: 0o755 })
  const root = folder.folder('root')
  const home = folder.folder('home')
  const args = ['--log-level', 'warn', '--on-upload', program, '--notify', `http://127.0.0.1:${port}/uploads`]
  await using server = await ServerProcess.start({ root, args })
  const options = { port: server.port, config: folder.at('config'), cwd: home }
  for (const [name, bytes] of [
    [NAME, 'one'],
    [HELD, 'two'],
  ] as const) {
    fs.writeFileSync(path.join(home, name), bytes)
    const told = once(receiver, 'posted')
    expect((await runClient(['put', '--', name], options)).code).toBe(0)
    await told
    // It ends with 3: that is reported, and nothing else comes of it.
    await server.program.says(`${name}: ended with 3`)
    expect(fs.existsSync(folder.at(`hook.done.${bytes}`))).toBe(true)
    const upload = {
      ...{ event: 'upload', account: 'anonymous', path: name, file: path.join(root, name), size: 3 },
      md5: md5Of(Buffer.from(bytes)),
    }
    expect(posted.at(-1)).toMatchObject(upload)
    expect(JSON.parse(fs.readFileSync(folder.at('hook.json'), 'utf8'))).toMatchObject(upload)
    expect(fs.readFileSync(folder.at('hook.file'), 'utf8')).toBe(path.join(root, name))
  }
  // A get and a refused put are none: what is told next is the next upload.
  await runClient(['get', NAME, '-o', 'copy'], options)
  await runClient(['put', '--if-exists', 'fail', '--', NAME], options)
  const told = once(receiver, 'posted')
  await runClient(['put', '--to', 'last', '--', NAME], options)
  await told
  expect(posted).toHaveLength(3)
  expect(posted.at(-1)).toMatchObject({ path: 'last' })
  expect(fs.readdirSync(folder.path).concat(fs.readdirSync(root))).not.toContain('pwned')
  receiver.close()
})
