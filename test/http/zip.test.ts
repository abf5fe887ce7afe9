import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { content } from '../support/chain.ts'
import { request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** A folder as a zip archive, which another program unpacks. */
const LARGE = Buffer.from(content(2 * LIMITS.payload + 777))

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start()
  await addAccount(folder.root, 'lister', { permissions: ['list'] })
  folder.write('d/large.bin', LARGE)
  folder.write('d/e/a:b?.txt', 'odd')
  folder.write('d/e/A:B?.TXT', 'other')
  folder.write('d/empty', '')
  fs.mkdirSync(folder.at('d/nothing'))
  fs.symlinkSync('/etc/passwd', folder.at('d/link'))
})
afterAll(() => folder[Symbol.asyncDispose]())

const UNPACK = `
import io, json, sys, zipfile
archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert archive.testzip() is None
print(json.dumps({i.filename: [i.file_size, i.CRC] for i in archive.infolist()}))
`

function unpacked(archive: Buffer): Record<string, readonly [size: number, crc: number]> {
  const { stdout, stderr } = spawnSync('python3', ['-c', UNPACK], { input: archive, encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

it('has all files under names that every system can unpack, and the length that was announced', async () => {
  const { status, headers, body } = await request(folder.server, '/files/d/?zip')
  expect(status).toBe(200)
  expect(headers).toMatchObject({ 'content-type': 'application/zip', 'content-length': String(body.length) })
  const entries = unpacked(body)
  const names = Object.keys(entries).sort()
  expect(names.map((name) => name.toLowerCase()).sort()).toEqual(
    ['e/', 'e/a_b_-1.txt', 'e/a_b_.txt', 'empty', 'large.bin', 'nothing/'].sort(),
  )
  expect(entries['large.bin']?.[0]).toBe(LARGE.length)
})

it('has only what was chosen, each once', async () => {
  const { body } = await request(folder.server, '/files/d/?zip&name=e&name=empty&name=e')
  expect(Object.keys(unpacked(body)).sort()).toHaveLength(4)
  expect(Object.keys(unpacked(body))).toEqual(expect.arrayContaining(['e/', 'empty']))
})

it.each([
  ['..', 400],
  ['e/A', 400],
  ['', 400],
  ['none', 404],
])('of the name %j is refused', async (name, status) => {
  const target = `/files/d/?zip&name=empty&name=${encodeURIComponent(name)}`
  expect((await request(folder.server, target)).status).toBe(status)
})

it('of a client that only wants to know its length sends no byte of it', async () => {
  const { headers, body } = await request(folder.server, '/files/d?zip', { method: 'HEAD' })
  expect([Number(headers['content-length']) > LARGE.length, body.length]).toEqual([true, 0])
})

it('of an empty folder is an archive', async () => {
  expect(unpacked((await request(folder.server, '/files/d/nothing?zip')).body)).toEqual({})
})

it('needs the right to read', async () => {
  const { status } = await request(folder.server, '/files/d?zip', { as: `lister:${PASSWORD}` })
  expect(status).toBe(403)
})

it('that its client breaks off leaves no file open', async () => {
  folder.write('slow/huge.bin', '')
  fs.truncateSync(folder.at('slow/huge.bin'), 256 * LIMITS.payload)
  const { host, port } = folder.server
  const socket = net.connect({ host, port })
  socket.write('GET /files/slow?zip HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(socket, 'readable')
  // The server has sent what the connection holds, and waits.
  const received: number[] = []
  const isStill = (): boolean =>
    received.push(socket.readableLength) > 1 && received.at(-1) === received.at(-2)
  await expect.poll(isStill, { interval: 300 }).toBe(true)
  expect(openFiles()).toContain(folder.at('slow/huge.bin'))
  socket.destroy()
  await expect.poll(openFiles).not.toContain(folder.at('slow/huge.bin'))
})

function openFiles(): string[] {
  const links = fs.readdirSync('/proc/self/fd').map((fd) => `/proc/self/fd/${fd}`)
  return links.flatMap((link) => (fs.existsSync(link) ? [fs.readlinkSync(link)] : []))
}
