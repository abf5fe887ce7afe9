import ssh2 from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { sqliteState } from '../../apps/server/src/databases/sqlite/state.ts'
import { SIGNATURES } from '../../apps/server/src/doors/sftp/connection/algorithms.ts'
import { OPEN } from '../../apps/server/src/doors/sftp/wire/codes.ts'
import { parsePublicKey } from '../../apps/server/src/state/public-key.ts'
import { addAccount } from '../support/accounts.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { connectSsh, SftpClient } from '../support/sftp-client.ts'
import { readableKeys } from '../support/ssh-keys.ts'

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'read' })
  await addAccount(folder.root, 'anna')
  folder.write('f', 'file')
})
afterAll(async () => {
  expect(folder.faults).toEqual([])
  await folder[Symbol.asyncDispose]()
})

it.each(['ed25519', 'ecdsa', 'rsa'] as const)('logs in with a key: %s', async (type) => {
  const bits = { ed25519: undefined, ecdsa: 521, rsa: 2048 }[type]
  const pair = readableKeys(() => ssh2.utils.generateKeyPairSync(type, bits === undefined ? {} : { bits }))
  const login = { password: '', privateKey: pair.private, authHandler: ['publickey' as const] }
  await expect(connectSsh(folder.server, login)).rejects.toThrow('authentication')
  const database = openDatabase(`${folder.root}/.ftp-server/state.db`)
  await sqliteState(database).publicKeys.add('anna', parsePublicKey(pair.public))
  database.close()
  await using client = await SftpClient.open(await connectSsh(folder.server, login))
  expect(await client.sizeOf('f')).toBe(4)
  // Somebody else's key opens nothing.
  await expect(connectSsh(folder.server, { ...login, username: 'nobody' })).rejects.toThrow('authentication')
})

it('lets anybody in without a password where that is allowed, but only under the name for it', async () => {
  const login = { password: '', authHandler: ['none' as const] }
  await using client = await SftpClient.open(
    await connectSsh(folder.server, { ...login, username: 'anonymous' }),
  )
  expect(await client.sizeOf('f')).toBe(4)
  await expect(connectSsh(folder.server, login)).rejects.toThrow('authentication')
})

it('ends its sessions when the server stops, and keeps what they have sent', async () => {
  const stopping = await ServedFolder.start({ anonymous: 'write' })
  const client = await SftpClient.connect(stopping.server, { username: 'anonymous', password: 'x' })
  const handle = await client.open('kept', OPEN.write | OPEN.create)
  await client.write(handle, 0, Buffer.from('begun'))
  const closed = new Promise<void>((resolve) => client.ssh.once('close', () => resolve()))
  await stopping.server.close(60_000)
  await closed
  expect(stopping.has('kept')).toBe(false)
  expect(stopping.partials()).toHaveLength(1)
  await stopping[Symbol.asyncDispose]()
})

it('ends a session that asks for nothing, although it exchanges keepalives', async () => {
  await using impatient = await ServedFolder.start({ anonymous: 'read', threads: 1, timeouts: { idle: 200 } })
  const ssh = new ssh2.Client()
  const closed = new Promise<void>((resolve) => ssh.once('close', () => resolve()))
  await connectSsh(impatient.server, { username: 'anonymous', password: 'x', keepaliveInterval: 20 }, ssh)
  await closed
})

it.each([
  // OpenSSH names CTR first.
  ['OpenSSH_9.2', ['aes128-ctr', 'aes128-gcm@openssh.com'], 'aes128-gcm@openssh.com'],
  ['OpenSSH_9.2', ['aes256-ctr'], 'aes256-ctr'],
  ['another', ['aes128-ctr', 'aes128-gcm@openssh.com'], 'aes128-ctr'],
] as const)('agrees with %s, which offers %s, on %s', async (ident, offered, agreed) => {
  const ssh = new ssh2.Client()
  const handshake = new Promise<ssh2.NegotiatedAlgorithms>((resolve) => ssh.once('handshake', resolve))
  const options = { username: 'anonymous', password: 'x', ident, algorithms: { cipher: [...offered] } }
  await using client = await SftpClient.open(await connectSsh(folder.server, options, ssh))
  expect((await handshake).sc.cipher).toBe(agreed)
  expect((await handshake).cs.cipher).toBe(agreed)
  expect(await client.sizeOf('f')).toBe(4)
})

it('names the signature algorithms that it accepts, and says why it ends a connection', async () => {
  const { host, port } = folder.server
  const ssh = new ssh2.Client()
  const reason = new Promise<string>((resolve) => ssh.on('error', ({ message }) => resolve(message)))
  ssh.connect({
    ...{ host, port, username: 'anna' },
    authHandler: (_, __, next) => next({ type: 'password', username: 'anna', password: 'wrong' }),
  })
  interface Handlers {
    EXT_INFO: (protocol: unknown, extensions: readonly { readonly name: string }[]) => void
  }
  const { _protocol }: { readonly _protocol: { readonly _handlers: Handlers } } = ssh as never
  const extensions = new Promise((resolve) => {
    _protocol._handlers.EXT_INFO = (_, named) => resolve(named)
  })
  expect(await extensions).toEqual([{ name: 'server-sig-algs', algs: SIGNATURES }])
  expect(await reason).toBe('the user name or the password is not right')
})
