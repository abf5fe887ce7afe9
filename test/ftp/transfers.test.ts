import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { MIB, md5Of, randomBytes } from '../support/files.ts'
import { FtpClient, type UploadEnd } from '../support/ftp-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Transfers by FTP, in clear and inside TLS, against a real server. */
const BYTES = randomBytes(2 * MIB + 4_321, 7)

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({
    plaintext: false,
    anonymous: 'none',
    ftp: true,
    ftpPort: 0,
  })
  await addAccount(folder.root, 'anna', { clearFtp: true })
})
afterAll(async () => {
  expect(folder.faults).toEqual([])
  await folder[Symbol.asyncDispose]()
})

describe.each([
  ['in clear', false],
  ['inside TLS', true],
])('%s', (way, isEncrypted) => {
  let client: FtpClient
  const at = (name: string): string => `${way.replace(' ', '-')}-${name}`
  beforeAll(async () => {
    client = await FtpClient.enter(folder.server.ftpPort, { isEncrypted })
  })
  afterAll(() => client[Symbol.dispose]())

  it('a file is stored and sent as it is, also before any TYPE, and its digest is known', async () => {
    for (const type of [undefined, 'I']) {
      if (type !== undefined) expect((await client.command(`TYPE ${type}`)).code).toBe(200)
      const { code, text } = await client.store(`STOR ${at('file')}`, BYTES)
      expect({ code, text }).toEqual({ code: 226, text: `stored ${BYTES.length} bytes, MD5 ${md5Of(BYTES)}` })
      const { bytes, reply } = await client.receive(`RETR ${at('file')}`)
      expect(reply.code).toBe(226)
      expect(bytes.equals(BYTES)).toBe(true)
    }
    expect((await client.command(`XMD5 ${at('file')}`)).text).toBe(md5Of(BYTES))
    expect((await client.command(`HASH ${at('file')}`)).text).toContain(md5Of(BYTES))
  })

  it('in TYPE A, lines end with CR LF on the way and with LF in the file', async () => {
    expect((await client.command('TYPE A')).code).toBe(200)
    expect((await client.store(`STOR ${at('text')}`, 'one\r\ntwo\n')).code).toBe(226)
    expect(Buffer.from(folder.read(at('text'))).toString()).toBe('one\ntwo\n')
    expect((await client.receive(`RETR ${at('text')}`)).bytes.toString()).toBe('one\r\ntwo\r\n')
    expect(await client.codes(`SIZE ${at('text')}`, 'REST 1', 'REST 0')).toEqual([550, 501, 350])
    expect((await client.store(`STOR ${at('text-cut')}`, 'one\r\n', 'reset')).code).toBe(426)
    expect(folder.partials()).toEqual([])
    expect((await client.command('TYPE I')).code).toBe(200)
  })

  it('an empty file is stored', async () => {
    expect((await client.store(`STOR ${at('empty')}`, '')).code).toBe(226)
    expect(folder.read(at('empty'))).toHaveLength(0)
  })

  it('REST sends the rest of a file, once', async () => {
    folder.write(at('rest'), BYTES)
    expect((await client.command('REST 1048570')).code).toBe(350)
    const { bytes } = await client.receive(`RETR ${at('rest')}`)
    expect(bytes.equals(BYTES.subarray(1_048_570))).toBe(true)
    expect((await client.receive(`RETR ${at('rest')}`)).bytes).toHaveLength(BYTES.length)
    await client.command(`REST ${BYTES.length + 1}`)
    expect((await client.receive(`RETR ${at('rest')}`)).reply.code).toBe(554)
  })

  it.each<UploadEnd>(isEncrypted ? ['fin', 'reset'] : ['reset'])(
    'an upload that ends with %s is not stored, and continues at its proven bytes',
    async (end) => {
      const name = at(`cut-${end}`)
      expect((await client.store(`STOR ${name}`, BYTES.subarray(0, MIB + 100), end)).code).toBe(426)
      expect(folder.has(name)).toBe(false)
      const size = Number((await client.command(`SIZE ${name}`)).text)
      // What a reset destroys on its way has not come.
      expect(size).toBeLessThanOrEqual(MIB + 100)
      if (end === 'fin') expect(size).toBe(MIB + 100)
      if (size > 0) await client.command(`REST ${size}`)
      expect((await client.store(`STOR ${name}`, BYTES.subarray(size))).code).toBe(226)
      expect(BYTES.equals(folder.read(name))).toBe(true)
      expect(folder.partials()).toEqual([])
    },
  )

  it('an upload continues with APPE where SIZE says, and nowhere that is not proven', async () => {
    const name = at('appe')
    await client.command('ALLO 5000')
    expect((await client.store(`STOR ${name}`, BYTES.subarray(0, 3_000))).code).toBe(426)
    await client.command('REST 3001')
    expect((await client.store(`STOR ${name}`, 'x')).code).toBe(554)
    expect((await client.command(`SIZE ${name}`)).text).toBe('3000')
    expect((await client.store(`APPE ${name}`, BYTES.subarray(3_000, 5_000))).code).toBe(226)
    expect(BYTES.subarray(0, 5_000).equals(folder.read(name))).toBe(true)
  })

  it('REST joins nothing to a file that is complete; APPE does, as a new version', async () => {
    folder.write(at('whole'), 'old')
    await client.command('REST 2')
    expect((await client.store(`STOR ${at('whole')}`, 'new')).code).toBe(554)
    expect((await client.store(`APPE ${at('whole')}`, 'and new')).code).toBe(226)
    expect(Buffer.from(folder.read(at('whole'))).toString()).toBe('oldand new')
  })

  it('STOU finds a name, and tells it', async () => {
    const raw = await client.passive()
    const { text } = await client.command('STOU scan.pdf')
    raw.destroy()
    await client.reply()
    expect(text).toMatch(/^FILE: scan\.[0-9a-f]{16}\.pdf$/)
  })

  it('a name without a folder, and a transfer without a connection, are refused', async () => {
    expect((await client.store('STOR missing/file', 'x')).code).toBe(550)
    expect((await client.command('RETR nothing')).code).toBe(550)
    expect((await client.command(`RETR ${at('file')}`)).code).toBe(425)
  })
})
