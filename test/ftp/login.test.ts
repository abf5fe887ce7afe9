import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { FtpClient } from '../support/ftp-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Who gets in by FTP, and what has to be encrypted, against a real server. */
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({
    plaintext: false,
    anonymous: 'none',
    ftp: true,
    ftpPort: 0,
    ftpsPort: 0,
  })
  await addAccount(folder.root, 'anna')
  await addAccount(folder.root, 'scanner', { clearFtp: true })
  await addAccount(folder.root, 'shut-out', { doors: ['ftx'] })
})
afterAll(async () => {
  expect(folder.faults).toEqual([])
  await folder[Symbol.asyncDispose]()
})

async function connect(): Promise<FtpClient> {
  return await FtpClient.connect(folder.server.ftpPort)
}

describe('without encryption', () => {
  it('everybody but an account that is allowed to gets the same refusal, before a password is sent', async () => {
    const replies = await Promise.all(
      ['anna', 'nobody', 'anonymous', 'ftp', 'shut-out'].map(async (name) => {
        using client = await connect()
        return await client.command(`USER ${name}`)
      }),
    )
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1)
    expect(replies[0]?.code).toBe(530)
  })

  it('an account that is allowed to logs in, and transfers', async () => {
    using client = await FtpClient.enter(folder.server.ftpPort, { user: 'scanner', isEncrypted: false })
    expect((await client.store('STOR scan', 'page')).code).toBe(226)
    expect((await client.receive('RETR scan')).bytes.toString()).toBe('page')
  })
})

describe('inside TLS', () => {
  it('an account logs in with its password, once', async () => {
    using client = await connect()
    await client.secure()
    expect(await client.codes('USER anna', `PASS ${PASSWORD}`, 'PWD', 'USER scanner', 'REIN')).toEqual([
      331, 230, 257, 503, 502,
    ])
  })

  it.each(['anna', 'nobody', "anna'--"])('a wrong password for %s ends the connection', async (name) => {
    using client = await connect()
    await client.secure()
    expect(await client.command(`USER ${name}`)).toEqual({ code: 331, text: 'send the password' })
    expect(await client.command('PASS wrong')).toEqual({
      code: 530,
      text: 'the user name or the password is not right',
    })
    expect((await client.reply()).code).toBe(0)
  })

  it('an account that may not use this door does not get in', async () => {
    using client = await connect()
    await client.secure()
    expect(await client.codes('USER shut-out', `PASS ${PASSWORD}`)).toEqual([331, 530])
  })

  it('the user named before the encryption has to be named again', async () => {
    using client = await connect()
    expect((await client.command('USER scanner')).code).toBe(331)
    await client.secure()
    expect((await client.command(`PASS ${PASSWORD}`)).code).toBe(503)
  })

  it('data has to be encrypted, too', async () => {
    using client = await connect()
    await client.secure()
    expect(await client.codes('USER anna', `PASS ${PASSWORD}`)).toEqual([331, 230])
    expect((await client.receive('LIST')).reply.code).toBe(521)
    expect(await client.codes('PROT P', 'PBSZ 0', 'PROT C', 'PROT S', 'CCC', 'AUTH TLS')).toEqual([
      503, 200, 534, 536, 533, 503,
    ])
    await client.protect()
    expect((await client.receive('NLST')).reply.code).toBe(226)
  })
})

it('what comes in one segment with AUTH ends the connection', async () => {
  using client = await connect()
  client.send('AUTH TLS\r\nUSER anna\r\n')
  expect((await client.reply()).code).toBe(0)
})

it('before a login, nothing but the login can be done', async () => {
  using client = await connect()
  const commands = ['LIST', 'PASV', 'CWD /', 'RETR a', 'STAT', 'SITE CHMOD 777 a', 'SIZE a', 'ABOR']
  expect(await client.codes(...commands)).toEqual([530, 530, 530, 530, 530, 530, 530, 225])
})

it.each(['GET / HTTP/1.1', 'POST /x HTTP/1.1'])(
  'a web page cannot make a browser say anything: %s',
  async (line) => {
    using client = await connect()
    client.send(`${line}\r\nHost: a\r\n\r\nUSER scanner\r\n`)
    expect((await client.reply()).code).toBe(500)
    expect((await client.reply()).code).toBe(0)
  },
)
