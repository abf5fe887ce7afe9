import fs from 'node:fs'
import path from 'node:path'
import { localPath } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../../support/accounts.ts'
import { until } from '../../support/deadline.ts'
import { MIB, randomBytes, serverPartials } from '../../support/files.ts'
import { runForeign } from '../../support/foreign-program.ts'
import { request } from '../../support/http-client.ts'
import { HttpSite } from '../../support/http-site.ts'
import { beginUpload, partFields, sendPart, stateOf } from '../../support/http-upload.ts'
import { ServerProcess } from '../../support/server-process.ts'
import { SmallDisk } from '../../support/small-disk.ts'
import { TempDir } from '../../support/temp-dir.ts'

/** Two clients that want the same, and servers without room, as curl meets them. */
const BYTES = randomBytes(6 * MIB + 99, 1)
const OTHER = randomBytes(6 * MIB + 99, 2)
const REFUSED = 22

let site: HttpSite
beforeAll(async () => {
  site = await HttpSite.open()
  await addAccount(site.served.root, 'small', {
    home: localPath(['small']),
    quota: { bytes: 4 * MIB, files: undefined },
  })
  fs.mkdirSync(site.served.at('small'))
  fs.writeFileSync(site.at('one'), BYTES)
  fs.writeFileSync(site.at('other'), OTHER)
})
afterAll(async () => {
  expect(site.served.faults).toEqual([])
  await site[Symbol.asyncDispose]()
})

const as = `anna:${PASSWORD}`
const fields = (offset: number, isLast: boolean): string[] =>
  Object.entries(partFields(offset, isLast)).flatMap(([name, value]) => ['-H', `${name}: ${value}`])

describe('two clients', () => {
  it('of one upload: the newer one takes it over, the older one is cut off, and the file is right', async () => {
    const { server } = site.served
    const id = await beginUpload(server, '/files/shared', { as })
    const slow = site.curl([
      '-X',
      'PATCH',
      ...fields(0, true),
      '--limit-rate',
      '1M',
      '-T',
      'one',
      site.url(id),
    ])
    const partial = (): number => fs.statSync(serverPartials(site.served.root)[0] ?? '').size
    await until(
      'the first one has sent something',
      () => serverPartials(site.served.root).length > 0 && partial() > 0,
    )
    const { offset } = await stateOf(server, id, as)
    const answer = await sendPart(server, id, { offset, bytes: BYTES.subarray(offset), isLast: true, as })
    expect(answer.status).toBe(201)
    expect((await slow).code).not.toBe(0)
    expect(BYTES.equals(site.served.read('shared'))).toBe(true)
  })

  it('of one name: it shows one of the two files, whole, whoever comes first', async () => {
    for (let round = 0; round < 3; round++) {
      const puts = ['one', 'other'].map((file) => site.curl(['-T', file, site.url('/files/name')]))
      for (const { code } of await Promise.all(puts)) expect(code).toBe(0)
      const there = Buffer.from(site.served.read('name'))
      expect([BYTES, OTHER].some((bytes) => bytes.equals(there))).toBe(true)
    }
  })

  it('of one name that has to be free: one of them gets it', async () => {
    const puts = ['one', 'other'].map((file) =>
      site.curl(['-H', 'If-None-Match: *', '-T', file, site.url('/files/free')]),
    )
    const codes = (await Promise.all(puts)).map(({ code }) => code).sort()
    expect(codes).toEqual([0, REFUSED])
  })

  it('one that reads a file while the other replaces it: it gets the version that it began with, whole', async () => {
    site.served.write('read', BYTES)
    const target = site.url('/files/read')
    const reading = site.curl(['--limit-rate', '4M', '-o', 'reading', target])
    await until('it has begun', () => fs.existsSync(site.at('reading')))
    expect(await site.curl(['-T', 'other', target])).toMatchObject({ code: 0 })
    expect(await reading).toMatchObject({ code: 0 })
    expect(BYTES.equals(fs.readFileSync(site.at('reading')))).toBe(true)
    expect(OTHER.equals(site.served.read('read'))).toBe(true)
  })
})

describe('a quota', () => {
  const login = `small:${PASSWORD}`

  it('refuses what is known to be too much before it is sent', async () => {
    const args = [
      '--user',
      login,
      '-w',
      '%{http_code}',
      '-H',
      'Expect: 100-continue',
      '--expect100-timeout',
      '60',
    ]
    const put = await site.curl([...args, '-T', 'one', site.url('/files/much')])
    expect(put).toMatchObject({ code: REFUSED, stdout: '507' })
    const declared = await request(site.served.server, '/files/much', {
      method: 'POST',
      as: login,
      headers: { 'upload-complete': '?0', 'upload-length': String(BYTES.length) },
    })
    expect(declared.status).toBe(507)
  })

  it('stops a body of unknown length in the middle, and leaves what was there', async () => {
    site.served.write('small/file', 'old')
    const put = await site.curl(['--user', login, '-T', '-', site.url('/files/file')], { input: BYTES })
    expect(put.code).not.toBe(0)
    expect(Buffer.from(site.served.read('small/file')).toString()).toBe('old')
    await expect.poll(() => site.served.partials('small')).toEqual([])
  })

  it('stops an upload in parts, which continues when there is room', async () => {
    const { server } = site.served
    await request(server, '/files/big', { method: 'PUT', as: login, body: randomBytes(MIB, 5) })
    const id = await beginUpload(server, '/files/parts', { as: login })
    const bytes = BYTES.subarray(0, 7 * 512 * 1024)
    const first = await sendPart(server, id, { offset: 0, bytes, isLast: true, as: login })
    expect(first.status).toBe(507)
    expect(site.served.has('small/parts')).toBe(false)
    await request(server, '/files/big', { method: 'DELETE', as: login })
    const { offset } = await stateOf(server, id, login)
    const rest = { offset, bytes: bytes.subarray(offset), isLast: true, as: login }
    expect((await sendPart(server, id, rest)).status).toBe(201)
    expect(bytes.equals(site.served.read('small/parts'))).toBe(true)
  })
})

describe('a full disk', () => {
  it('in the middle of an upload ends it with 507, keeps the old file, and the upload continues when there is room', async () => {
    using disk = await SmallDisk.mount(8 * MIB)
    using desk = new TempDir()
    await using process = await ServerProcess.start({ root: disk.path, under: disk.under })
    const server = { host: '127.0.0.1', port: process.port, fingerprint: undefined }
    const file = path.join(disk.seen, 'file')
    fs.writeFileSync(file, 'old')
    const ballast = path.join(disk.seen, 'ballast')
    fs.writeFileSync(ballast, Buffer.alloc(4 * MIB))
    const put = async (source: string): Promise<string> => {
      fs.writeFileSync(desk.at('source'), BYTES)
      const args = ['-s', '-w', '%{http_code}', '-o', '/dev/null', '-T', source]
      const url = `http://127.0.0.1:${server.port}/files/file`
      return (await runForeign('curl', [...args, url], { cwd: desk.path, input: BYTES })).stdout
    }
    expect(await put('source')).toBe('507')
    expect(await put('-')).toBe('507')
    expect(serverPartials(disk.seen)).toEqual([])

    const id = await beginUpload(server, '/files/file')
    const all = { offset: 0, bytes: BYTES, isLast: true }
    expect((await sendPart(server, id, all)).status).toBe(507)
    expect(fs.readFileSync(file, 'utf8')).toBe('old')
    fs.rmSync(ballast)
    const { offset } = await stateOf(server, id)
    expect((await sendPart(server, id, { ...all, offset, bytes: BYTES.subarray(offset) })).status).toBe(204)
    expect(fs.readFileSync(file).equals(BYTES)).toBe(true)
  })
})
