import { afterEach, beforeEach, expect, it } from 'vitest'
import { addAccount, PASSWORD, withAccounts } from '../support/accounts.ts'
import { FtpClient, type FtpReply } from '../support/ftp-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** What keeps clients of FTP from harming others, and the operator in charge, against a real server without encryption. */
let folder: ServedFolder
beforeEach(async () => {
  folder = await ServedFolder.start({
    anonymous: 'none',
    ftp: true,
    ftpPort: 0,
    limits: { trusted: [] },
  })
  for (const name of ['anna', 'bob']) await addAccount(folder.root, name)
})
afterEach(async () => {
  expect(folder.faults).toEqual([])
  await folder[Symbol.asyncDispose]()
})

async function login(user: string, password = PASSWORD): Promise<FtpReply> {
  using client = await FtpClient.connect(folder.server.ftpPort)
  const { code } = await client.command(`USER ${user}`)
  return code === 331 ? await client.command(`PASS ${password}`) : { code, text: '' }
}

async function enter(): Promise<FtpClient> {
  return await FtpClient.enter(folder.server.ftpPort, { isEncrypted: false })
}

it('from an address that guesses, only those log in who have before, and nobody can tell who that is', async () => {
  expect((await login('anna')).code).toBe(230)
  // All at once, so that none of them is refused, and the penalty of all lasts a minute.
  const guessing = await Promise.all(
    Array.from({ length: 6 }, () => FtpClient.connect(folder.server.ftpPort)),
  )
  for (const client of guessing) client.send('USER somebody\r\nPASS wrong\r\n')
  for (const client of guessing) while ((await client.reply()).code !== 0);
  await expect.poll(async () => (await login('somebody', 'wrong')).code).toBe(421)
  expect((await login('bob')).code).toBe(421)
  const [wrong, unknown] = [await login('anna', 'wrong'), await login('somebody', 'wrong')]
  expect(wrong.code).toBe(421)
  expect(wrong.text.replace(/\d+ s/, '')).toBe(unknown.text.replace(/\d+ s/, ''))
  expect((await login('anna')).code).toBe(230)
})

it('a transfer of an account that is disabled ends, and so does its session', async () => {
  using client = await enter()
  const data = await client.passive()
  expect((await client.command('STOR file')).code).toBe(150)
  data.write('half')
  await withAccounts(folder.root, (accounts) =>
    accounts.change('anna', (anna) => ({ ...anna, enabled: false })),
  )
  expect((await client.reply()).code).toBe(421)
  expect(folder.has('file')).toBe(false)
})

it('a server that stops lets a transfer end, and tells the others', async () => {
  using busy = await enter()
  using idle = await enter()
  const data = await busy.passive()
  expect((await busy.command('STOR file')).code).toBe(150)
  const closed = folder.server.close(60_000)
  expect((await idle.reply()).code).toBe(421)
  data.end('whole')
  expect([(await busy.reply()).code, (await busy.reply()).code]).toEqual([226, 421])
  await closed
  expect(Buffer.from(folder.read('file')).toString()).toBe('whole')
})

it('what does not fit into the quota is refused, and nothing of it stays', async () => {
  await withAccounts(folder.root, (accounts) =>
    accounts.change('anna', (anna) => ({ ...anna, quota: { bytes: 1_000, files: undefined } })),
  )
  using client = await enter()
  expect((await client.command('AVBL')).text).toBe('1000')
  expect((await client.store('STOR large', 'x'.repeat(2_000))).code).toBe(552)
  expect(folder.has('large')).toBe(false)
  expect((await client.store('STOR small', 'x'.repeat(900))).code).toBe(226)
  expect((await client.command('AVBL')).text).toBe('100')
})

it('an account without a right is refused for what needs it', async () => {
  await withAccounts(folder.root, (accounts) =>
    accounts.change('anna', (anna) => ({ ...anna, permissions: ['write'] })),
  )
  folder.write('file', 'old')
  using client = await enter()
  expect((await client.store('STOR scan', 'page')).code).toBe(226)
  expect((await client.store('STOR file', 'new')).code).toBe(553)
  const refused = [
    'RETR file',
    'LIST',
    'NLST',
    'MLSD',
    'MLST file',
    'STAT file',
    'SIZE file',
    'MDTM file',
    'HASH file',
  ]
  refused.push(
    'XMD5 file',
    'CWD /',
    'DELE file',
    'RMD x',
    'MKD x',
    'RNFR file',
    'MFMT 20200101000000 file',
    'SITE CHMOD 600 file',
  )
  for (const line of refused) expect((await client.command(line)).code, line).toBe(550)
  expect((await client.store('APPE file', 'more')).code).toBe(550)
})

it('a client that begins a transfer and sends nothing is given up', async () => {
  await using impatient = await ServedFolder.start({
    ftp: true,
    ftpPort: 0,
    timeouts: { stall: 300 },
  })
  using client = await FtpClient.enter(impatient.server.ftpPort, { user: 'anonymous', isEncrypted: false })
  const data = await client.passive()
  const closed = new Promise((resolve) => data.once('close', resolve))
  expect((await client.command('STOR file')).code).toBe(150)
  expect((await client.reply()).code).toBe(426)
  await closed
  expect((await client.command('NOOP')).code).toBe(200)
})

it('a session lives through a transfer that takes longer than it may be idle, and ends when it is idle', async () => {
  await using impatient = await ServedFolder.start({
    anonymous: 'none',
    ftp: true,
    ftpPort: 0,
    timeouts: { idle: 500 },
  })
  await addAccount(impatient.root, 'anna', { rate: 65_536 })
  impatient.write('file', new Uint8Array(196_608))
  using client = await FtpClient.enter(impatient.server.ftpPort, { isEncrypted: false })
  expect((await client.receive('RETR file')).reply.code).toBe(226)
  expect((await client.reply()).code).toBe(421)
})
