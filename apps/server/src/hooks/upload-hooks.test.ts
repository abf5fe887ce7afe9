import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect, it } from 'vitest'
import { requireProgram } from '../config.ts'
import { type Upload, UploadHooks } from './upload-hooks.ts'

const POSTS = 60

const UPLOAD: Upload = {
  event: 'upload',
  account: 'anonymous',
  address: '192.0.2.1',
  path: 'a',
  file: '/srv/a',
  size: 1,
  md5: '0'.repeat(32),
  time: new Date(0).toISOString(),
}

/** Somebody to be told, who answers with so many bytes. Counts connections. */
class Receiver implements AsyncDisposable {
  readonly sockets = new Set<Socket>()
  connections = 0
  most = 0
  posts = 0
  readonly #server: http.Server

  constructor(bytes: number, status = 200) {
    this.#server = http.createServer((request, response) => {
      this.posts++
      request.resume()
      response.writeHead(status, { 'content-length': bytes }).end(Buffer.alloc(bytes))
      this.#server.emit('posted')
    })
    this.#server.on('connection', (socket: Socket) => {
      this.connections++
      this.sockets.add(socket)
      this.most = Math.max(this.most, this.sockets.size)
      socket.on('error', () => {}).on('close', () => this.sockets.delete(socket))
    })
  }

  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  async posted(count: number): Promise<void> {
    while (this.posts < count) await once(this.#server, 'posted')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

it.each([
  ['empty', 0, 200],
  ['short', 1_000, 200],
  ['long', 1_000_000, 200],
  ['long and refuses', 1_000_000, 500],
])(
  'However many posts are answered, few connections are held: the answer is %s',
  async (_, bytes, status) => {
    await using receiver = new Receiver(bytes, status)
    const notify = await receiver.listen()
    const failures: string[] = []
    using hooks = new UploadHooks({ onUpload: undefined, notify }, (message) => failures.push(message))
    for (let i = 0; i < POSTS; i++) hooks.uploaded(UPLOAD)
    await receiver.posted(POSTS)
    await expect.poll(() => receiver.sockets.size).toBeLessThanOrEqual(4)
    // A moment may pass before the receiver sees that a connection has been closed.
    expect(receiver.most).toBeLessThanOrEqual(12)
    if (bytes <= 1_000) expect(receiver.connections).toBeLessThanOrEqual(8)
    await expect.poll(() => failures.length).toBe(status === 200 ? 0 : POSTS)
  },
)

it('says why a URL could not be told', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const receiver = new Receiver(0)
  const notify = await receiver.listen()
  await receiver[Symbol.asyncDispose]()
  using hooks = new UploadHooks({ onUpload: undefined, notify }, resolve)
  hooks.uploaded(UPLOAD)
  expect(await promise).toMatch(/ for \/srv\/a: connect ECONNREFUSED 127\.0\.0\.1/)
})

it('A batch file cannot be called on Windows: its shell could take a file name for a command', () => {
  for (const program of ['C:\\hooks\\x.cmd', 'x.BAT', 'x.cmd.', 'x.bat '])
    expect(() => requireProgram(program, 'win32'), program).toThrow('is a batch file')
  for (const program of ['C:\\hooks\\x.exe', 'x.cmd.exe', '/opt/cmd'])
    expect(requireProgram(program, 'win32')).toBe(program)
  expect(requireProgram('/opt/x.cmd', 'linux')).toBe('/opt/x.cmd')
})
