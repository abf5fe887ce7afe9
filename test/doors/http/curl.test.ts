import fs from 'node:fs'
import path from 'node:path'
import { localPath, STATE_NAME } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../apps/server/src/databases/sqlite/database.ts'
import { sqliteState } from '../../../apps/server/src/databases/sqlite/state.ts'
import { MIB, md5Of, randomBytes, writeSparse } from '../../support/files.ts'
import { HttpSite } from '../../support/http-site.ts'

/** The door for HTTP as curl uses it, with the certificate of the server as the only one that it trusts. */
const BYTES = randomBytes(5 * MIB + 4_321, 1)
/** The exit code of curl if the answer is a refusal. */
const REFUSED = 22

let site: HttpSite
beforeAll(async () => {
  site = await HttpSite.open()
  fs.writeFileSync(site.at('file'), BYTES)
})
afterAll(async () => {
  expect(site.served.faults).toEqual([])
  await site[Symbol.asyncDispose]()
})

/** The digest of bytes, as headers have it. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(md5Of(bytes), 'hex').toString('base64')
}

describe('curl', () => {
  it('puts a file, under its own name too, and gets it again', async () => {
    expect(await site.curl(['-T', 'file', site.url('/files/')])).toMatchObject({ code: 0 })
    expect(BYTES.equals(site.served.read('file'))).toBe(true)
    expect(await site.curl(['-o', 'back', site.url('/files/file')])).toMatchObject({ code: 0 })
    expect(BYTES.equals(fs.readFileSync(site.at('back')))).toBe(true)
  })

  it('puts what it reads from its standard input, whose length nobody knows', async () => {
    const put = await site.curl(['-T', '-', site.url('/files/piped')], { input: BYTES })
    expect(put).toMatchObject({ code: 0, stderr: '' })
    expect(BYTES.equals(site.served.read('piped'))).toBe(true)
  })

  it.each([
    ['0-0', 0, 1],
    ['1048570-1048585', 1_048_570, 1_048_586],
    ['-10', BYTES.length - 10, BYTES.length],
  ])('gets a range: %s', async (range, start, end) => {
    site.served.write('ranges', BYTES)
    expect(await site.curl(['-r', range, '-o', 'part', site.url('/files/ranges')])).toMatchObject({ code: 0 })
    expect(BYTES.subarray(start, end).equals(fs.readFileSync(site.at('part')))).toBe(true)
  })

  it('continues a download, and has nothing to do for one that is complete', async () => {
    site.served.write('long', BYTES)
    fs.writeFileSync(site.at('begun'), BYTES.subarray(0, 2_000_000))
    const args = ['-C', '-', '-o', 'begun', '-w', '%{size_download}', site.url('/files/long')]
    expect(await site.curl(args)).toMatchObject({ code: 0, stdout: String(BYTES.length - 2_000_000) })
    expect(BYTES.equals(fs.readFileSync(site.at('begun')))).toBe(true)
    await site.curl(args)
    expect(BYTES.equals(fs.readFileSync(site.at('begun')))).toBe(true)
  })

  it('cannot continue an upload by itself, since half a body is no file, and changes nothing', async () => {
    site.served.write('half', 'half')
    expect(await site.curl(['-C', '4', '-T', 'file', site.url('/files/half')])).toMatchObject({
      code: REFUSED,
    })
    expect(Buffer.from(site.served.read('half')).toString()).toBe('half')
  })

  it('hears whether the digest is right, and what it is', async () => {
    const put = (value: string): ReturnType<typeof site.curl> =>
      site.curl(['-H', `Repr-Digest: md5=:${value}:`, '-T', 'file', site.url('/files/digest')])
    expect(await put(base64(Buffer.from('other')))).toMatchObject({ code: REFUSED })
    expect(site.served.has('digest')).toBe(false)
    expect(await put(base64(BYTES))).toMatchObject({ code: 0 })
    const { stdout } = await site.curl(['-I', site.url('/files/digest')])
    expect(stdout.toLowerCase()).toContain(`\r\nrepr-digest: md5=:${base64(BYTES).toLowerCase()}:\r\n`)
  })

  it('sends a large body only when it is wanted', async () => {
    const expecting = ['-v', '-H', 'Expect: 100-continue', '--expect100-timeout', '60', '-T', 'file']
    const good = await site.curl([...expecting, site.url('/files/wanted')])
    expect(good.stderr).toMatch(/^< HTTP\/1\.1 100 Continue/m)
    const amount = ['-w', '%{size_upload} %{http_code}']
    const bad = await site.curl([...expecting, ...amount, site.url('/files/none/unwanted')])
    expect(bad).toMatchObject({ code: REFUSED, stdout: '0 409' })
    const nobody = await site.curl([...expecting, ...amount, '--user', 'anna:wrong', site.url('/files/x')])
    expect(nobody).toMatchObject({ code: REFUSED, stdout: '0 401' })
  })

  it('fails if the file is not there, or it may not come in', async () => {
    expect(await site.curl([site.url('/files/missing')])).toMatchObject({ code: REFUSED })
    expect(await site.curl(['--user', 'nobody:x', site.url('/files/')])).toMatchObject({ code: REFUSED })
  })

  it('saves a file under the name that the server says, however odd', async () => {
    const name = 'a b;c=é€.txt'
    site.served.write(name, 'odd')
    expect(await site.curl(['-OJ', site.url(`/files/${encodeURIComponent(name)}`)])).toMatchObject({
      code: 0,
    })
    expect(fs.readdirSync(site.desk).filter((each) => each.startsWith('a'))).toHaveLength(1)
  })

  it('keeps a session in its cookie jar, and ends it', async () => {
    site.served.write('s', 'session')
    const begun = await site.curl(['-c', 'jar', '-X', 'POST', site.url('/session')])
    expect(JSON.parse(begun.stdout)).toMatchObject({ account: 'anna' })
    const alone = ['-s', '--fail', '--cacert', site.certificate, '-b', 'jar']
    expect(await site.run('curl', [...alone, site.url('/files/s')])).toMatchObject({
      code: 0,
      stdout: 'session',
    })
    expect(await site.run('curl', [...alone, '-X', 'DELETE', site.url('/session')])).toMatchObject({
      code: 0,
    })
    expect(await site.run('curl', [...alone, site.url('/files/s')])).toMatchObject({ code: REFUSED })
  })

  it('is led from http to https', async () => {
    site.served.write('led', 'led')
    const clear = site.url('/files/led').replace('https', 'http')
    const { stdout } = await site.curl(['-o', 'moved', '-w', '%{http_code} %{redirect_url}', clear])
    expect(stdout).toBe(`308 ${site.url('/files/led')}`)
    expect(await site.curl(['-L', '--location-trusted', clear])).toMatchObject({ stdout: 'led' })
  })

  it('moves, copies and removes', async () => {
    site.served.write('one', '1')
    const to = (name: string): string[] => ['-H', `Destination: ${site.url(`/files/${name}`)}`]
    expect(await site.curl(['-X', 'MKCOL', site.url('/files/made/')])).toMatchObject({ code: 0 })
    expect(await site.curl(['-X', 'COPY', ...to('made/two'), site.url('/files/one')])).toMatchObject({
      code: 0,
    })
    expect(await site.curl(['-X', 'MOVE', ...to('three'), site.url('/files/made/two')])).toMatchObject({
      code: 0,
    })
    expect(await site.curl(['-X', 'DELETE', site.url('/files/made')])).toMatchObject({ code: 0 })
    expect(Buffer.from(site.served.read('three')).toString()).toBe('1')
    expect([site.served.has('one'), site.served.has('made')]).toEqual([true, false])
  })

  it('moves large files both ways, and reads beyond 4 GiB', async () => {
    const large = randomBytes(64 * MIB, 2)
    fs.writeFileSync(site.at('large'), large)
    expect(await site.curl(['-T', 'large', site.url('/files/large')])).toMatchObject({ code: 0 })
    expect(await site.curl(['-o', 'large', site.url('/files/large')])).toMatchObject({ code: 0 })
    expect(md5Of(fs.readFileSync(site.at('large')))).toBe(md5Of(large))
    const far = 5 * 1024 * MIB
    writeSparse(site.served.at('huge'), far + 4, new Map([[far, Buffer.from('last')]]))
    expect(await site.curl(['-r', `${far}-`, site.url('/files/huge')])).toMatchObject({ stdout: 'last' })
  })

  it('follows a link without an account, and sends to one', async () => {
    site.served.write('shared/one', '1')
    using database = openDatabase(path.join(site.served.root, STATE_NAME, 'state.db'))
    const link = async (kind: 'folder' | 'upload'): Promise<string> => {
      const free = { expires: undefined, mostUses: undefined, verifier: undefined }
      const { links } = sqliteState(database)
      return (await links.add({ account: 'anna', path: localPath(['shared']), kind, ...free })).secret
    }
    const nobody = ['--silent', '--fail', '--cacert', site.certificate]
    const get = await site.run('curl', [...nobody, site.url(`/s/${await link('folder')}/one`)])
    expect(get).toMatchObject({ code: 0, stdout: '1' })
    const put = await site.run('curl', [...nobody, '-T', 'file', site.url(`/s/${await link('upload')}/`)])
    expect(put).toMatchObject({ code: 0 })
    expect(BYTES.equals(site.served.read('shared/file'))).toBe(true)
  })
})
