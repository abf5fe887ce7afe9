import fs from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MIB, randomBytes } from '../../support/files.ts'
import { HOST, SftpSite } from '../../support/sftp-site.ts'

/*
 * A mounted folder. The machine needs /dev/fuse; containers often have none. Then there is nothing to mount, and these
 * tests say so by failing.
 *
 * Nothing here may touch the mount synchronously: the server's main thread is the one of the test.
 */

const BYTES = randomBytes(5 * MIB + 7, 1)

let site: SftpSite
beforeAll(async () => {
  site = await SftpSite.open()
  site.write('file', BYTES)
  fs.mkdirSync(site.at('mounted'))
  const mounted = await site.run('sshfs', ['-F', site.at('ssh_config'), `${HOST}:`, 'mounted'])
  expect(mounted).toMatchObject({ code: 0, stderr: '' })
})
afterAll(async () => {
  await site.run('fusermount', ['-u', 'mounted'])
  expect(site.served.faults).toEqual([])
  await site[Symbol.asyncDispose]()
})

/** What is stored, once the mount has closed the file, which it does in the background. */
function expectStored(name: string, bytes: Buffer) {
  return expect
    .poll(() => site.served.has(name) && Buffer.from(site.served.read(name)).equals(bytes))
    .toBe(true)
}

it('creates a file, and shows it', async () => {
  await fs.promises.copyFile(site.at('file'), site.at('mounted/new'))
  expect((await fs.promises.readFile(site.at('mounted/new'))).equals(BYTES)).toBe(true)
  await expectStored('new', BYTES)
})

it('rewrites the middle of a file, appends, and makes it shorter', async () => {
  site.served.write('middle', BYTES)
  const expected = Buffer.from(BYTES)
  const file = await fs.promises.open(site.at('mounted/middle'), 'r+')
  for (const offset of [3 * MIB, 100, 2 * MIB - 3, 4 * MIB + 5]) {
    await file.write('changed', offset)
    expected.write('changed', offset)
  }
  await file.close()
  await expectStored('middle', expected)
  await fs.promises.appendFile(site.at('mounted/middle'), 'end')
  await expectStored('middle', Buffer.concat([expected, Buffer.from('end')]))
  await fs.promises.truncate(site.at('mounted/middle'), 1_000)
  await expectStored('middle', expected.subarray(0, 1_000))
})

it('takes a tree by rsync, twice', async () => {
  for (let index = 0; index < 40; index++)
    site.write(`tree/d${index % 4}/f${index}`, randomBytes(5_000, index))
  const rsync = ['-rt', '--checksum', 'tree', 'mounted/']
  expect(await site.run('rsync', rsync)).toMatchObject({ code: 0, stderr: '' })
  site.write('tree/d1/f1', randomBytes(5_000, 99))
  expect(await site.run('rsync', ['--inplace', ...rsync])).toMatchObject({ code: 0, stderr: '' })
  await expect.poll(async () => (await site.run('diff', ['-r', 'tree', site.served.at('tree')])).code).toBe(0)
  expect(await site.run('rsync', ['--dry-run', '--itemize-changes', ...rsync])).toMatchObject({
    code: 0,
    stdout: '',
  })
})

it('renames onto a file, removes, makes and removes folders', async () => {
  await fs.promises.writeFile(site.at('mounted/one'), 'one')
  await fs.promises.writeFile(site.at('mounted/two'), 'two')
  await fs.promises.rename(site.at('mounted/one'), site.at('mounted/two'))
  await expectStored('two', Buffer.from('one'))
  await fs.promises.mkdir(site.at('mounted/folder'))
  await fs.promises.rmdir(site.at('mounted/folder'))
  await fs.promises.rm(site.at('mounted/two'))
  expect([site.served.has('folder'), site.served.has('two'), site.served.has('one')]).toEqual([
    false,
    false,
    false,
  ])
})
