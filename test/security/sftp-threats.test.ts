import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { STATE_NAME } from '@ftp/protocol'
import type { AnonymousAccess } from '@ftp/server'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendPacket } from '../../apps/server/src/doors/sftp/connection/upstream.ts'
import { readAttributes } from '../../apps/server/src/doors/sftp/wire/attributes.ts'
import { OPEN, REPLY, REQUEST } from '../../apps/server/src/doors/sftp/wire/codes.ts'
import { Fields } from '../../apps/server/src/doors/sftp/wire/fields.ts'
import { addAccount, setAccount } from '../support/accounts.ts'
import { randomBytes } from '../support/files.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { connectSsh, handleOf, SftpClient, statusOf, string, uint32, uint64 } from '../support/sftp-client.ts'
import { readableKeys } from '../support/ssh-keys.ts'
import { ENDING, SFTP_THREATS } from './sftp-threats.ts'

/*
 * Each bad request of SFTP from each of its senders. It is refused as it should be, and nothing is changed.
 */

const SECRET = 'only the server may read this'

const folders = new Map<AnonymousAccess, ServedFolder>()
beforeAll(async () => {
  for (const anonymous of ['none', 'read', 'write'] as const) {
    const folder = await ServedFolder.start({ anonymous })
    folders.set(anonymous, folder)
    await addAccount(folder.root, 'anna')
    folder.write('f', 'file')
    folder.write('d/g', 'in a folder')
    fs.symlinkSync('/etc/passwd', folder.at('link'))
    fs.symlinkSync('/etc', folder.at('out'))
    fs.writeFileSync(path.join(folder.root, STATE_NAME, 'secret'), SECRET)
  }
})
afterAll(async () => {
  for (const folder of folders.values()) {
    expect(folder.faults).toEqual([])
    await folder[Symbol.asyncDispose]()
  }
})

function folderFor(anonymous: AnonymousAccess): ServedFolder {
  const folder = folders.get(anonymous)
  if (folder === undefined) throw new Error('no such server')
  return folder
}

/** What must not change: everything that is stored, except what the server writes for itself. Links are not followed. */
function stored({ root }: ServedFolder): string[] {
  const entries = fs.readdirSync(root, { withFileTypes: true, recursive: true })
  return entries
    .map((entry) => ({ entry, file: path.join(entry.parentPath, entry.name) }))
    .filter(({ file }) => !file.startsWith(path.join(root, STATE_NAME)))
    .map(
      ({ entry, file }) =>
        `${file} ${fs.lstatSync(file).mode} ${entry.isFile() ? fs.readFileSync(file) : ''}`,
    )
    .sort()
}

/** Resolves at the end of a connection, whatever error comes before. */
function closeOf(ssh: ssh2.Client): Promise<void> {
  return new Promise((resolve) => ssh.once('close', () => resolve()))
}

/** The socket below a connection. */
function socketOf(ssh: ssh2.Client): net.Socket {
  return (ssh as ssh2.Client & { readonly _sock: net.Socket })._sock
}

const SENDERS = [
  { name: 'with a password', anonymous: 'none', login: {}, kept: [] },
  {
    name: 'as anybody who may read',
    anonymous: 'read',
    login: { username: 'anonymous', password: 'x' },
    kept: ['permissionDenied'],
  },
  {
    name: 'as anybody who may write',
    anonymous: 'write',
    login: { username: 'anonymous', password: 'x' },
    kept: [],
  },
] as const

describe.each(SENDERS)('$name', ({ anonymous, login, kept }) => {
  it('nothing bad is done, and every request is answered', async () => {
    const folder = folderFor(anonymous)
    const before = stored(folder)
    await using client = await SftpClient.connect(folder.server, login)
    const wrong: string[] = []
    const replies = await Promise.all(SFTP_THREATS.map(({ type, fields }) => client.request(type, ...fields)))
    for (const [index, reply] of replies.entries()) {
      const { threat = '', type, status = [], fields = [] } = SFTP_THREATS[index] ?? {}
      const answer = statusOf(reply)
      if (![...status, ...kept].includes(answer))
        wrong.push(
          `${answer}, not ${status}: ${threat}, ${type} ${Buffer.concat(fields).toString('latin1', 0, 60)}`,
        )
      if (reply.content.includes(SECRET)) wrong.push(`a secret: ${threat}`)
    }
    expect(wrong).toEqual([])
    expect(client.answered).toEqual([...client.answered].sort((a, b) => a - b))
    expect(stored(folder)).toEqual(before)
  })
})

it.each(ENDING)('ends the connection after $threat, and serves others', async ({ bytes }) => {
  const { server } = folderFor('none')
  await using other = await SftpClient.connect(server)
  const client = await SftpClient.openSilently(await connectSsh(server))
  const closed = closeOf(client.ssh)
  client.channel.write(bytes)
  await closed
  expect(await other.sizeOf('f')).toBe(4)
})

it('reassembles a packet that comes byte by byte', async () => {
  await using client = await SftpClient.openSilently(await connectSsh(folderFor('none').server))
  for (const byte of string(Buffer.concat([Buffer.of(REQUEST.init), uint32(3)])))
    client.channel.write(Buffer.of(byte))
  expect(await client.extensions).toMatchObject({
    'posix-rename@openssh.com': '1',
    'statvfs@openssh.com': '2',
  })
})

it('opens at most 256 handles and 8 sessions, and frees them', async () => {
  const { server } = folderFor('none')
  await using client = await SftpClient.connect(server)
  const handles = await Promise.all(Array.from({ length: 256 }, () => client.open('f', OPEN.read)))
  await expect(client.open('f', OPEN.read)).rejects.toThrow('failure')
  const [first = Buffer.alloc(0)] = handles
  expect(await client.close(first)).toBe('ok')
  await client.open('f', OPEN.read)
  for (let index = 1; index < 8; index++) await SftpClient.openSilently(client.ssh)
  await expect(SftpClient.openSilently(client.ssh)).rejects.toThrow('open failure')
})

it('ends a connection after three wrong passwords, or twenty keys, with the same answers for everybody', async () => {
  const { server } = folderFor('none')
  const attempts = async (username: string, next: () => object): Promise<number> => {
    const ssh = new ssh2.Client()
    let tried = 0
    ssh.on('error', () => {})
    const closed = closeOf(ssh)
    ssh.connect({
      host: server.host,
      port: server.port,
      username,
      authHandler: (_, __, attempt) => {
        tried++
        attempt(next() as never)
      },
    })
    await closed
    return tried
  }
  for (const username of ['anna', 'nobody']) {
    expect(await attempts(username, () => ({ type: 'password', username, password: 'wrong' }))).toBe(3)
    const key = (): object => ({
      type: 'publickey',
      username,
      key: readableKeys(() => ssh2.utils.generateKeyPairSync('ed25519')).private,
    })
    expect(await attempts(username, key)).toBe(21)
  }
})

it('S05: answers logins to a known and to an unknown name alike, whatever they send', async () => {
  const { server } = folderFor('none')
  const foreign = readableKeys(() => ssh2.utils.generateKeyPairSync('ed25519')).private
  const answersTo = async (username: string): Promise<string[]> => {
    const methods: object[] = [
      { type: 'none', username },
      { type: 'publickey', username, key: foreign },
      { type: 'password', username, password: '' },
      { type: 'password', username, password: 'x'.repeat(30_000) },
      // No packet may be so long.
      { type: 'password', username, password: 'x'.repeat(100_000) },
    ]
    const lines: string[] = []
    const ssh = new ssh2.Client()
    ssh.on('error', () => {})
    const closed = closeOf(ssh)
    const { host, port } = server
    const authHandler = (_: unknown, __: unknown, attempt: (method: never) => void): void =>
      attempt(methods.shift() as never)
    ssh.connect({ host, port, username, authHandler, debug: (line) => lines.push(line) })
    await closed
    expect(methods).toEqual([])
    return lines.filter((line) => /^Inbound.*(USERAUTH|DISCONNECT)/.test(line))
  }
  const known = await answersTo('anna')
  expect(known.filter((line) => line.includes('USERAUTH_FAILURE'))).toHaveLength(4)
  expect(await answersTo('nobody')).toEqual(known)
})

it('S21: lists what has a usable name, and shows links as links, while entries vanish', async () => {
  const folder = folderFor('none')
  folder.write('odd/plain', 'x')
  fs.symlinkSync('nowhere', folder.at('odd/broken'))
  fs.writeFileSync(Buffer.concat([Buffer.from(folder.at('odd/')), Buffer.of(0xff, 0x61)]), '')
  fs.writeFileSync(folder.at('odd/two\nlines'), '')
  for (let index = 0; index < 400; index++) folder.write(`odd/${'n'.repeat(200)}-${index}`, '')
  await using client = await SftpClient.connect(folder.server)
  const handle = handleOf(await client.request(REQUEST.opendir, string('odd')))
  const found = new Map<string, string>()
  for (;;) {
    const reply = await client.request(REQUEST.readdir, string(handle))
    if (reply.type !== REPLY.name) {
      expect(statusOf(reply)).toBe('endOfFile')
      break
    }
    expect(reply.content.length).toBeLessThanOrEqual(32_768)
    const fields = new Fields(reply.content)
    for (let left = fields.uint32(); left > 0; left--) {
      found.set(fields.text() ?? 'no text', fields.text() ?? 'no text')
      readAttributes(fields)
    }
    for (const name of fs.readdirSync(folder.at('odd')))
      if (name.startsWith('nn')) fs.rmSync(folder.at(`odd/${name}`))
  }
  expect([...found.keys()].filter((name) => !name.startsWith('nn')).sort()).toEqual([
    '.',
    '..',
    'broken',
    'plain',
  ])
  expect(found.get('broken')).toMatch(/^l.* broken$/)
  expect([...found.values()].filter((line) => /[^\x20-\x7e]/.test(line))).toEqual([])
  fs.rmSync(folder.at('odd'), { recursive: true })
})

it('ends the sessions of an account that is disabled, or may not use this door', async () => {
  const { server, root } = folderFor('none')
  await addAccount(root, 'carl')
  const [using, idle] = [
    await SftpClient.connect(server, { username: 'carl' }),
    await SftpClient.connect(server, { username: 'carl' }),
  ]
  await using.request(REQUEST.opendir, string('/'))
  const closed = [closeOf(using.ssh), closeOf(idle.ssh)]
  await setAccount(root, 'carl', { doors: ['ftx'] })
  await closed[0]
  idle.sizeOf('f').catch(() => {})
  await closed[1]
  await expect(SftpClient.connect(server, { username: 'carl' })).rejects.toThrow('authentication')
})

it('holds little for sessions whose client sends requests but takes no answers, and ends them if they are many', async () => {
  const folder = folderFor('none')
  folder.write('large', Buffer.alloc(262_144))
  await using other = await SftpClient.connect(folder.server)
  const ssh = await connectSsh(folder.server)
  const closed = closeOf(ssh)
  // Twenty answers are more than a channel of ssh2 takes without being read; the last requests fill the queue.
  const read = async (): Promise<void> => {
    const client = await SftpClient.open(ssh)
    const handle = await client.open('large', OPEN.read)
    client.channel.pause()
    for (let index = 0; index < 20; index++)
      client.request(REQUEST.read, string(handle), uint64(0), uint32(262_144)).catch(() => {})
    for (let index = 0; index < 2; index++)
      client.request(REQUEST.extended, string('none'), string(Buffer.alloc(200_000))).catch(() => {})
  }
  for (let index = 0; index < 6; index++) await read()
  expect(await other.sizeOf('f')).toBe(4)
  await read()
  await closed
  expect(await other.sizeOf('f')).toBe(4)
})

it('serves nothing to a client that opens a channel, or says that it has logged in, before the login', async () => {
  const { server } = folderFor('none')
  const [channelOpen, channelRequest, success, globalRequest] = [90, 98, 52, 80]
  const messages = [
    [channelOpen, string('session'), uint32(0), uint32(100_000), uint32(32_768)],
    [channelRequest, uint32(0), string('subsystem'), Buffer.of(1), string('sftp')],
    [success],
    [globalRequest, string('tcpip-forward'), Buffer.of(1), string(''), uint32(0)],
  ] as const
  const received: string[] = []
  for (const [type, ...fields] of messages) {
    const ssh = new ssh2.Client()
    ssh.on('error', () => {})
    const closed = closeOf(ssh)
    const lines: string[] = []
    const { host, port } = server
    let isSent = false
    const authHandler = (_: unknown, __: unknown, attempt: (method: 'none') => void): void => {
      if (isSent) return void ssh.end()
      sendPacket(ssh, Buffer.concat([Buffer.of(type), ...fields]))
      isSent = true
      attempt('none')
    }
    ssh.connect({ host, port, username: 'anna', debug: (line) => lines.push(line), authHandler })
    await closed
    expect(isSent).toBe(true)
    received.push(...lines.filter((line) => line.startsWith('Inbound')))
  }
  expect(received.join()).toContain('USERAUTH_FAILURE')
  expect(received.join()).not.toMatch(/CHANNEL_OPEN_CONFIRMATION|(CHANNEL|REQUEST|USERAUTH)_SUCCESS/)
})

it('ends a connection with a damaged packet, and survives packets that make no sense', async () => {
  const { server } = folderFor('write')
  const login = { username: 'anonymous', password: 'x' }
  await using other = await SftpClient.connect(server, login)
  for (let seed = 1; seed <= 24; seed++) {
    const ssh = await connectSsh(server, login)
    const closed = closeOf(ssh)
    const bytes = randomBytes(seed * 40, seed)
    const [types, kind] = [[1, 2, 4, 5, 7, 20, 30, 50, 80, 90, 93, 94, 96, 97, 98], seed % 4]
    if (kind === 0) socketOf(ssh).write(bytes)
    else {
      const type = kind === 1 ? (bytes[0] ?? 0) : (types[seed % types.length] ?? 0)
      sendPacket(ssh, Buffer.concat([Buffer.of(type), kind === 3 ? Buffer.alloc(4, 0xff) : bytes]))
      ssh.end()
    }
    await closed
    expect(await other.sizeOf('f'), `seed ${seed}`).toBe(4)
  }
})

it('closes a connection that sends garbage in place of its first line', async () => {
  const { server } = folderFor('none')
  for (const line of ['SSH-1.5-old\r\n', `SSH-2.0-${'x'.repeat(10_000)}\r\n`, 'SSH-\n'.repeat(2_000)]) {
    const socket = net.connect(server.port, server.host)
    socket.on('error', () => {})
    socket.resume()
    socket.write(line)
    await once(socket, 'close')
  }
})
