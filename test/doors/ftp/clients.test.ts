import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD } from '../../support/accounts.ts'
import { MIB, randomBytes, treeOf } from '../../support/files.ts'
import { type FtpMode, FtpSite } from '../../support/ftp-site.ts'

/** The door for FTP as other people's programs use it. */
const BYTES = randomBytes(5 * MIB + 4_321, 1)
/** A time in whole seconds, since FTP has no others. */
const TIME = 1_600_000_000
/** Names with which programs have trouble. */
const TREE: Readonly<Record<string, string>> = {
  'plain.txt': 'plain',
  'with space & ümläut €.txt': 'odd',
  '-dash': 'dash',
  'deep/er/file': 'deep',
  'deep/empty': '',
}

let site: FtpSite
beforeAll(async () => {
  site = await FtpSite.open()
  fs.writeFileSync(site.at('file'), BYTES)
  for (const [name, content] of Object.entries(TREE)) {
    fs.mkdirSync(path.dirname(site.at(`tree/${name}`)), { recursive: true })
    fs.writeFileSync(site.at(`tree/${name}`), content)
    fs.utimesSync(site.at(`tree/${name}`), TIME, TIME)
  }
})
afterAll(async () => {
  expect(site.served.faults).toEqual([])
  await site[Symbol.asyncDispose]()
})

function expectStored(name: string): void {
  expect(BYTES.equals(site.served.read(name))).toBe(true)
}

function expectReceived(name: string): void {
  expect(BYTES.equals(fs.readFileSync(site.at(name)))).toBe(true)
}

describe.each<FtpMode>(['clear', 'explicit', 'implicit'])('curl, %s', (mode) => {
  const right = { code: 0, stderr: '' }
  it('puts a file, lists it, and gets it again', async () => {
    const name = `curl-${mode}`
    expect(await site.curl(mode, ['-T', 'file', site.url(mode, name)])).toMatchObject(right)
    expectStored(name)
    expect((await site.curl(mode, [site.url(mode, '')])).stdout).toMatch(new RegExp(`5247201 .* ${name}\n`))
    expect((await site.curl(mode, ['-l', site.url(mode, '')])).stdout).toContain(`${name}\n`)
    expect(await site.curl(mode, ['-o', `${name}-back`, site.url(mode, name)])).toMatchObject(right)
    expectReceived(`${name}-back`)
  })

  it('gets a range by PASV, and continues a download', async () => {
    site.served.write('ranges', BYTES)
    const url = site.url(mode, 'ranges')
    const range = await site.curl(mode, ['--disable-epsv', '-r', '1048570-1048585', '-o', 'part', url])
    expect(range).toMatchObject(right)
    expect(BYTES.subarray(1_048_570, 1_048_586).equals(fs.readFileSync(site.at('part')))).toBe(true)
    fs.writeFileSync(site.at('begun'), BYTES.subarray(0, 2_000_000))
    expect(await site.curl(mode, ['-C', '-', '-o', 'begun', url])).toMatchObject(right)
    expectReceived('begun')
  })

  it('continues an upload, sending only the rest', async () => {
    const name = `curl-begun-${mode}`
    await site.leave(name, BYTES.subarray(0, 3_000_000), 'fin')
    const args = ['-C', '-', '-w', '%{size_upload}', '-T', 'file', site.url(mode, name)]
    const { code, stdout } = await site.curl(mode, args)
    expect({ code, stdout }).toEqual({ code: 0, stdout: String(BYTES.length - 3_000_000) })
    expectStored(name)
    expect(site.served.partials()).toEqual([])
  })

  it('makes folders, renames and removes', async () => {
    const url = site.url(mode, `made-${mode}/in/file`)
    expect(await site.curl(mode, ['--ftp-create-dirs', '-T', 'file', url])).toMatchObject(right)
    expectStored(`made-${mode}/in/file`)
    const commands = [`RNFR made-${mode}/in/file`, `RNTO made-${mode}/moved`, `RMD made-${mode}/in`]
    const quoted = commands.flatMap((command) => ['-Q', command])
    expect(await site.curl(mode, [...quoted, '-l', site.url(mode, `made-${mode}/`)])).toMatchObject({
      code: 0,
      stdout: 'moved\n',
    })
  })
})

it('curl gets a file in active mode', async () => {
  site.served.write('active', BYTES)
  expect(
    await site.curl('clear', ['-P', '127.0.0.1', '-o', 'active', site.url('clear', 'active')]),
  ).toMatchObject({
    code: 0,
  })
  expectReceived('active')
})

it('curl that may not send its password in clear does not', async () => {
  const { code } = await site.run('curl', ['-sS', '--user', `otto:${PASSWORD}`, site.url('clear', '')])
  expect(code).toBe(67)
})

describe.each<FtpMode>(['clear', 'explicit', 'implicit'])('lftp, %s', (mode) => {
  it('mirrors a tree both ways, with times', async () => {
    const [up, back] = [`lftp-${mode}`, `lftp-back-${mode}`]
    expect(await site.lftp(mode, [`mirror -R tree ${up}`, `mirror ${up} ${back}`])).toMatchObject({ code: 0 })
    expect(treeOf(site.served.at(up))).toEqual(treeOf(site.at('tree')))
    expect(treeOf(site.at(back))).toEqual(treeOf(site.at('tree')))
    expect(await site.lftp(mode, [`mirror -R -v tree ${up}`])).toMatchObject({ code: 0, stdout: '' })
    expect(await site.lftp(mode, [`rm -r ${up}`])).toMatchObject({ code: 0 })
    expect(site.served.has(up)).toBe(false)
  })

  it('continues an upload and a download, and gets in several pieces', async () => {
    const name = `lftp-begun-${mode}`
    await site.leave(name, BYTES.subarray(0, 3_000_000), 'fin')
    fs.writeFileSync(site.at(`${name}-back`), BYTES.subarray(0, 2_000_000))
    const commands = [
      `put -c file -o ${name}`,
      `get -c ${name} -o ${name}-back`,
      `pget -n 3 ${name} -o ${name}-pieces`,
    ]
    expect(await site.lftp(mode, commands)).toMatchObject({ code: 0 })
    expectStored(name)
    expectReceived(`${name}-back`)
    expectReceived(`${name}-pieces`)
  })
})

it('lftp works in active mode, with and without encryption', async () => {
  for (const mode of ['clear', 'explicit'] as const) {
    const name = `lftp-active-${mode}`
    const commands = ['set ftp:passive-mode no', `put file -o ${name}`, `get ${name} -o ${name}`]
    expect(await site.lftp(mode, commands)).toMatchObject({ code: 0 })
    expectReceived(name)
  }
})

it('ncftp puts and gets trees', async () => {
  const login = ['-u', 'anna', '-p', PASSWORD, '-P', String(site.port('clear'))]
  expect(
    await site.run('ncftpput', ['-R', '-m', ...login, '127.0.0.1', 'ncftp', 'tree', 'file']),
  ).toMatchObject({
    code: 0,
  })
  expect(treeOf(site.served.at('ncftp/tree'))).toEqual(treeOf(site.at('tree')))
  fs.mkdirSync(site.at('ncftp'))
  expect(
    await site.run('ncftpget', ['-R', ...login, '127.0.0.1', 'ncftp', 'ncftp/tree', 'ncftp/file']),
  ).toMatchObject({
    code: 0,
  })
  expect(treeOf(site.at('ncftp/tree'))).toEqual(treeOf(site.at('tree')))
  expectReceived('ncftp/file')
})

it('tnftp puts, adds, continues and gets', async () => {
  const commands = [
    `open 127.0.0.1 ${site.port('clear')}`,
    `user anna "${PASSWORD}"`,
    'put file tnftp',
    'get tnftp tnftp-back',
    'put tree/plain.txt tnftp-text',
    'append tree/plain.txt tnftp-text',
    'mkdir tnftp-dir',
    'rename tnftp-text tnftp-dir/text',
    'ls',
    'binary',
    'size tnftp',
    'modtime tnftp',
    'quit',
  ]
  const { code, stdout } = await site.run('tnftp', ['-n', '-v'], { input: `${commands.join('\n')}\n` })
  expect(code).toBe(0)
  expectStored('tnftp')
  expectReceived('tnftp-back')
  expect(Buffer.from(site.served.read('tnftp-dir/text')).toString()).toBe('plainplain')
  expect(stdout).toMatch(/^tnftp\s+5247201$/m)
})

it.each<FtpMode>(['clear', 'explicit'])("Python's ftplib does all that it can, %s", async (mode) => {
  const script = path.join(import.meta.dirname, 'client.py')
  const args = [script, mode, String(site.port(mode)), site.certificate, 'anna', PASSWORD]
  expect(await site.run('python3', args)).toEqual({ code: 0, stdout: 'all right\n', stderr: '' })
})
