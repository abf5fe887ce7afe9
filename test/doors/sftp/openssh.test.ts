import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB, randomBytes } from '../../support/files.ts'
import { HOST, SftpSite, WITH_PASSWORD } from '../../support/sftp-site.ts'

const BYTES = randomBytes(12 * MIB + 7, 1)

let site: SftpSite
beforeAll(async () => {
  site = await SftpSite.open()
  site.write('file', BYTES)
})
afterAll(async () => {
  expect(site.served.faults).toEqual([])
  await site[Symbol.asyncDispose]()
})

function stored(name: string): Buffer {
  return Buffer.from(site.served.read(name))
}

describe('sftp', () => {
  it('puts and gets a file by key, lists, renames, removes, and sees the free space', async () => {
    const lines = [
      'put file a',
      'get a back',
      'mkdir d',
      'rename a d/b',
      'ls -l d',
      'df',
      'chmod 600 d/b',
      'rm d/b',
      'rmdir d',
    ]
    expect(await site.sftp(lines)).toMatchObject({ code: 0, stderr: '' })
    expect(site.read('back').equals(BYTES)).toBe(true)
    expect(site.served.has('d')).toBe(false)
  })

  it('logs in with the password, and not with a wrong one', async () => {
    const ask = { SSH_ASKPASS: site.at('askpass'), SSH_ASKPASS_REQUIRE: 'force' }
    const args = ['-F', 'ssh_config', ...WITH_PASSWORD]
    expect(await site.run('sftp', [...args, HOST], { input: 'pwd\n', env: ask })).toMatchObject({ code: 0 })
    const wrong = { ...ask, SSH_ASKPASS: '/bin/true' }
    expect(await site.run('sftp', [...args, HOST], { input: 'pwd\n', env: wrong })).toMatchObject({
      code: 255,
    })
  })

  it('continues a put that broke off, and a get', async () => {
    site.write('half', BYTES.subarray(0, 5 * MIB))
    // What has been sent stays a partial, because the connection ends before the file is closed.
    const killed = [
      '-c',
      `sftp -F ssh_config -l 24000 ${HOST} <<< 'put file part' &
       until ls -A '${site.served.root}' | grep -q ftp-part; do sleep 0.1; done; kill -9 %1; wait`,
    ]
    await site.run('bash', killed)
    await expect.poll(() => site.served.partials().length).toBe(1)
    expect(site.served.has('part')).toBe(false)
    expect(await site.sftp(['reput file part'])).toMatchObject({ code: 0 })
    expect(stored('part').equals(BYTES)).toBe(true)
    expect(await site.sftp(['reget part half'])).toMatchObject({ code: 0 })
    expect(site.read('half').equals(BYTES)).toBe(true)
    expect(site.served.partials()).toEqual([])
  })

  it('puts and gets a tree with its times and permission bits', async () => {
    for (let index = 0; index < 50; index++) site.write(`tree/d${index % 5}/f${index}`, `content ${index}`)
    fs.chmodSync(site.at('tree/d1/f1'), 0o640)
    fs.utimesSync(site.at('tree/d1/f1'), 1_500_000_000, 1_500_000_000)
    expect(await site.sftp(['put -pR tree', 'get -pR tree back-tree'])).toMatchObject({ code: 0 })
    const same = await site.run('diff', ['-r', 'tree', 'back-tree'])
    expect(same).toMatchObject({ code: 0, stdout: '' })
    const { mode, mtimeMs } = fs.statSync(site.served.at('tree/d1/f1'))
    expect([mode & 0o777, Math.round(mtimeMs)]).toEqual([0o640, 1_500_000_000_000])
  })

  it('exchanges keys every 256 KiB without losing a byte', async () => {
    const often = ['-o', 'RekeyLimit=256K']
    expect(await site.sftp(['put file rekeyed', 'get rekeyed rekeyed'], often)).toMatchObject({ code: 0 })
    expect(site.read('rekeyed').equals(BYTES)).toBe(true)
    expect(stored('rekeyed').equals(BYTES)).toBe(true)
  })
})

describe('scp', () => {
  it('puts and gets files, over a longer one, too', async () => {
    site.served.write('s', randomBytes(20 * MIB, 2))
    expect(await site.scp(['file', `${HOST}:s`])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(stored('s').equals(BYTES)).toBe(true)
    expect(await site.scp(['-p', `${HOST}:s`, 'scp-back'])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(site.read('scp-back').equals(BYTES)).toBe(true)
  })

  it('hears that the protocol of old scp is not spoken', async () => {
    const old = await site.scp(['-O', 'file', `${HOST}:old`])
    expect(old.code).not.toBe(0)
    expect(old.stderr).toContain('leave out -O')
  })
})

describe('ssh', () => {
  it.each([
    [['id'], 'runs no programs'],
    [['md5sum', "'nothing there'"], 'nothing there'],
    [['md5sum', '$(id)'], 'runs no programs'],
    [[], 'runs no programs'],
  ])('gets a sentence for %s', async (command, sentence) => {
    const ended = await site.run('ssh', ['-F', 'ssh_config', '-T', HOST, ...command])
    expect(ended.code).toBeGreaterThan(0)
    expect(ended.stderr).toContain(sentence)
  })

  it('forwards nothing', async () => {
    const forward = ['-F', 'ssh_config', '-o', 'ExitOnForwardFailure=yes', '-N', '-R', '0:127.0.0.1:1', HOST]
    expect(await site.run('ssh', forward)).toMatchObject({ code: 255 })
    const through = ['-F', 'ssh_config', '-W', '127.0.0.1:22', HOST]
    expect(await site.run('ssh', through)).toMatchObject({ code: 255 })
  })

  it.each([
    ['Ciphers=aes128-cbc'],
    ['Ciphers=chacha20-poly1305@openssh.com'],
    ['MACs=hmac-sha1'],
    ['KexAlgorithms=diffie-hellman-group14-sha1'],
    ['HostKeyAlgorithms=ssh-rsa,rsa-sha2-512'],
  ])('agrees to nothing weak: %s', async (option) => {
    const options = option === 'MACs=hmac-sha1' ? ['-o', 'Ciphers=aes128-ctr', '-o', option] : ['-o', option]
    const { code, stderr } = await site.run('ssh', [
      '-F',
      'ssh_config',
      '-o',
      'LogLevel=INFO',
      ...options,
      HOST,
    ])
    expect(code).toBe(255)
    expect(stderr).toContain('no matching')
  })
})
