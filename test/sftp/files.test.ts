import { afterAll, beforeAll, expect, it } from 'vitest'
import { OPEN, REPLY, REQUEST } from '../../apps/server/src/doors/sftp/wire/codes.ts'
import { addAccount } from '../support/accounts.ts'
import { randomBytes } from '../support/files.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { SftpClient, statusOf, string, uint32, uint64 } from '../support/sftp-client.ts'

const CREATE = OPEN.write | OPEN.create | OPEN.truncate

let folder: ServedFolder
let client: SftpClient
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none' })
  await addAccount(folder.root, 'anna')
  client = await SftpClient.connect(folder.server)
})
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  expect(folder.faults).toEqual([])
  await folder[Symbol.asyncDispose]()
})

it('answers in the order of the requests, and reads all that was asked for, up to the end', async () => {
  const bytes = randomBytes(700_001, 1)
  folder.write('big', bytes)
  const handle = await client.open('big', OPEN.read)
  const before = client.answered.length
  const reads = await Promise.all(
    Array.from({ length: 24 }, (_, index) => client.read(handle, index * 32_768, 32_768)),
  )
  const data = Buffer.concat(reads.filter((read) => typeof read !== 'string'))
  expect(data.equals(bytes)).toBe(true)
  expect(reads.at(-1)).toBe('endOfFile')
  const order = client.answered.slice(before)
  expect(order).toEqual([...order].sort((a, b) => a - b))
  expect(await client.close(handle)).toBe('ok')
})

it('gives a file its name when it is closed, and until then shows it to its writer alone', async () => {
  folder.write('old', 'old content')
  const handle = await client.open('old', CREATE)
  expect(await client.write(handle, 0, Buffer.from('new'))).toBe('ok')
  expect(await client.sizeOf('old')).toBe(3)
  await using other = await SftpClient.connect(folder.server)
  expect(await other.sizeOf('old')).toBe(11)
  expect(Buffer.from(folder.read('old')).toString()).toBe('old content')
  expect(await client.close(handle)).toBe('ok')
  expect(Buffer.from(folder.read('old')).toString()).toBe('new')
  expect(await client.close(handle)).toBe('failure')
})

it('writes anywhere in an existing file, and reads what it has written', async () => {
  folder.write('middle', 'aaaaaaaaaa')
  const handle = await client.open('middle', OPEN.read | OPEN.write)
  await client.write(handle, 4, Buffer.from('bb'))
  await client.write(handle, 12, Buffer.from('c'))
  expect(await client.read(handle, 0, 100)).toEqual(Buffer.from('aaaabbaaaa\0\0c'))
  expect(await client.close(handle)).toBe('ok')
  expect(Buffer.from(folder.read('middle')).toString()).toBe('aaaabbaaaa\0\0c')
})

it('keeps what a lost connection has sent, without a name, and continues after it', async () => {
  const bytes = randomBytes(300_000, 2)
  const lost = await SftpClient.connect(folder.server)
  const begun = await lost.open('part', CREATE)
  await lost.write(begun, 0, bytes.subarray(0, 200_000))
  await lost[Symbol.asyncDispose]()
  await expect.poll(() => client.sizeOf('part')).toBe(200_000)
  expect(folder.has('part')).toBe(false)
  const handle = await client.open('part', OPEN.write | OPEN.create)
  await client.write(handle, 200_000, bytes.subarray(200_000))
  expect(await client.close(handle)).toBe('ok')
  expect(Buffer.from(folder.read('part')).equals(bytes)).toBe(true)
})

it('continues an upload that an earlier connection is still writing, without putting bytes in twice', async () => {
  const bytes = randomBytes(300_000, 4)
  const earlier = await SftpClient.connect(folder.server)
  const begun = await earlier.open('race', CREATE)
  await earlier.write(begun, 0, bytes.subarray(0, 100_000))
  const seen = Number(await client.sizeOf('race'))
  await earlier.write(begun, 100_000, bytes.subarray(100_000, 200_000))
  // The earlier connection is still there, but sends nothing.
  const handle = await client.open('race', OPEN.write | OPEN.create | OPEN.append)
  expect(await earlier.write(begun, 200_000, Buffer.from('too late'))).toBe('failure')
  expect(await earlier.close(begun)).toBe('failure')
  await earlier[Symbol.asyncDispose]()
  expect(await client.write(handle, 300_000, Buffer.from('a gap'))).toBe('failure')
  for (let at = seen; at < bytes.length; at += 32_768)
    expect(await client.write(handle, at, bytes.subarray(at, at + 32_768))).toBe('ok')
  expect(await client.close(handle)).toBe('ok')
  expect(Buffer.from(folder.read('race')).equals(bytes)).toBe(true)
})

it.each([
  ['no flag', 0],
  ['emptying without writing', OPEN.read | OPEN.truncate],
  ['creating without writing', OPEN.create],
  ['an unknown flag', OPEN.read | 64],
])('opens nothing with %s', async (_, flags) => {
  folder.write('flags', 'content')
  await expect(client.open('flags', flags)).rejects.toThrow('failure')
  expect(Buffer.from(folder.read('flags')).toString()).toBe('content')
})

it('creates a file exclusively, appends, and sets size, time and permission bits of an open file', async () => {
  await expect(client.open('old', CREATE | OPEN.exclusive)).rejects.toThrow('failure')
  folder.write('log', 'one\n')
  const handle = await client.open('log', OPEN.write | OPEN.append)
  await client.write(handle, 0, Buffer.from('two\n'))
  const attributes = Buffer.concat([
    uint32(1 | 4 | 8),
    uint64(6),
    uint32(0o104640),
    uint32(5),
    uint32(1_600_000_000),
  ])
  expect(statusOf(await client.request(REQUEST.fsetstat, string(handle), attributes))).toBe('ok')
  expect(await client.close(handle)).toBe('ok')
  expect(Buffer.from(folder.read('log')).toString()).toBe('one\ntw')
  const { type, content } = await client.request(REQUEST.stat, string('log'))
  expect(type).toBe(REPLY.attributes)
  expect([content.readUInt32BE(12), content.readUInt32BE(20)]).toEqual([0o100640, 1_600_000_000])
})

it('renames without replacing, and replaces only if that is asked for by its name', async () => {
  folder.write('from', 'from')
  folder.write('to', 'to')
  expect(statusOf(await client.request(REQUEST.rename, string('from'), string('to')))).toBe('failure')
  const replacing = [string('posix-rename@openssh.com'), string('from'), string('to')]
  expect(statusOf(await client.request(REQUEST.extended, ...replacing))).toBe('ok')
  expect(Buffer.from(folder.read('to')).toString()).toBe('from')
  expect(folder.has('from')).toBe(false)
})

it('resolves paths without looking at the disk, and never above the home', async () => {
  const resolved = async (path: string): Promise<string> => {
    const { content } = await client.request(REQUEST.realpath, string(path))
    return content.toString('utf8', 8, 8 + content.readUInt32BE(4))
  }
  expect(await resolved('.')).toBe('/')
  expect(await resolved('../../etc')).toBe('/etc')
  expect(await resolved('a/./b//../c/')).toBe('/a/c')
})
