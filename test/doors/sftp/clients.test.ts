import { afterAll, beforeAll, expect, it } from 'vitest'
import { PASSWORD } from '../../support/accounts.ts'
import { MIB, randomBytes } from '../../support/files.ts'
import { HOST, SftpSite } from '../../support/sftp-site.ts'

const BYTES = randomBytes(9 * MIB + 7, 1)

let site: SftpSite
beforeAll(async () => {
  site = await SftpSite.open()
  site.write('file', BYTES)
  site.write('tree/big', randomBytes(2 * MIB + 1, 2))
  for (let index = 0; index < 20; index++) site.write(`tree/sub/a file with spaces & ${index}`, `${index}`)
})
afterAll(async () => {
  expect(site.served.faults).toEqual([])
  await site[Symbol.asyncDispose]()
})

function stored(name: string): Buffer {
  return Buffer.from(site.served.read(name))
}

it('rclone: copies a tree, compares digests that the server knows, and finds a changed file', async () => {
  const { port } = site.served.server
  const lines = [
    '[nas]',
    'type = sftp',
    'host = 127.0.0.1',
    `port = ${port}`,
    'user = anna',
    `key_file = ${site.at('id')}`,
  ]
  site.write('rclone.conf', `${lines.join('\n')}\n`)
  const rclone = (...args: string[]) => site.run('rclone', ['--config', 'rclone.conf', ...args])
  expect(await rclone('sync', 'tree', 'nas:tree')).toMatchObject({ code: 0 })
  const checked = await rclone('check', 'tree', 'nas:tree')
  expect(checked.code).toBe(0)
  expect(checked.stderr).toContain('21 matching files')
  expect(checked.stderr).not.toContain('could not be checked')
  site.served.write('tree/big', randomBytes(2 * MIB + 1, 3))
  expect((await rclone('check', 'tree', 'nas:tree')).code).toBe(1)
  expect(await rclone('sync', '--checksum', 'tree', 'nas:tree')).toMatchObject({ code: 0 })
  expect(stored('tree/big').equals(site.read('tree/big'))).toBe(true)
  expect((await rclone('sha1sum', 'nas:tree/big')).stdout).toMatch(/^[0-9a-f]{40} {2}big$/m)
  expect((await rclone('about', 'nas:')).stdout).toContain('Free:')
})

it('lftp: puts, continues what broke off, gets and mirrors', async () => {
  const begin = `set sftp:auto-confirm yes; set net:max-retries 1; set sftp:connect-program "ssh -a -x -F ssh_config"; open sftp://anna:@${HOST}`
  const lftp = (commands: string) => site.run('lftp', ['-c', `${begin}; ${commands}`])
  const killed = `lftp -c '${begin}; set net:limit-rate 3000000; put file -o l' & sleep 2; kill -9 %1; wait`
  await site.run('bash', ['-c', killed])
  await expect.poll(() => site.served.partials().length).toBe(1)
  expect(await lftp('put -c file -o l; get l -o l-back; mirror -R tree l-tree')).toMatchObject({ code: 0 })
  expect(stored('l').equals(BYTES)).toBe(true)
  expect(site.read('l-back').equals(BYTES)).toBe(true)
  expect(stored('l-tree/big').equals(site.read('tree/big'))).toBe(true)
  expect(site.served.partials()).toEqual([])
})

it('psftp: puts, gets, renames', async () => {
  site.write('commands', 'put file p\nget p p-back\nmv p p2\nls\nbye\n')
  const { port } = site.served.server
  const login = ['-P', `${port}`, '-l', 'anna', '-pw', PASSWORD, '-batch', '-hostkey', site.fingerprint]
  expect(await site.run('psftp', [...login, '-b', 'commands', '127.0.0.1'])).toMatchObject({ code: 0 })
  expect(stored('p2').equals(BYTES)).toBe(true)
  expect(site.read('p-back').equals(BYTES)).toBe(true)
})

it('paramiko: puts, gets, changes the middle of a file, renames', async () => {
  const client = `${import.meta.dirname}/paramiko_client.py`
  const ended = await site.run('/usr/bin/python3', [client, `${site.served.server.port}`, PASSWORD, 'file'])
  expect(ended).toEqual({ code: 0, stdout: '', stderr: '' })
})
