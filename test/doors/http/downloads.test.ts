import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD } from '../../support/accounts.ts'
import { MIB, randomBytes } from '../../support/files.ts'
import { ANNA, HttpSite } from '../../support/http-site.ts'

/** Programs that fetch: wget, aria2 and rclone, which know no more than HTTP. */
const BYTES = randomBytes(40 * MIB + 17, 3)

let site: HttpSite
beforeAll(async () => {
  site = await HttpSite.open()
  site.served.write('large', BYTES)
  site.served.write('tree/a b.txt', 'one')
  site.served.write('tree/deep/ü#?%41&.txt', 'two')
  site.served.write('tree/empty', '')
})
afterAll(async () => {
  expect(site.served.faults).toEqual([])
  await site[Symbol.asyncDispose]()
})

function fetched(name: string): Buffer {
  return fs.readFileSync(site.at(name))
}

describe('wget', () => {
  const wget = async (...args: readonly string[]) =>
    await site.run('wget', [
      '--no-verbose',
      '--tries=2',
      `--ca-certificate=${site.certificate}`,
      '--user=anna',
      `--password=${PASSWORD}`,
      ...args,
    ])

  it('gets a file, logging in when it is asked to', async () => {
    expect(await wget('-O', 'w', site.url('/files/large'))).toMatchObject({ code: 0 })
    expect(BYTES.equals(fetched('w'))).toBe(true)
  })

  it('continues one', async () => {
    fs.writeFileSync(site.at('large'), BYTES.subarray(0, 7 * MIB + 3))
    const { code, stderr } = await wget('-c', '--server-response', site.url('/files/large'))
    expect(code).toBe(0)
    expect(stderr).toContain('HTTP/1.1 206 Partial Content')
    expect(BYTES.equals(fetched('large'))).toBe(true)
  })

  it('takes only what is newer, by the time of the file', async () => {
    site.served.write('dated', 'old')
    fs.utimesSync(site.served.at('dated'), 1e9, 1e9)
    expect(await wget('-N', site.url('/files/dated'))).toMatchObject({ code: 0 })
    expect(fs.statSync(site.at('dated')).mtimeMs).toBe(1e12)
    const again = await wget('-N', '--server-response', site.url('/files/dated'))
    expect(again.stderr).toContain('HTTP/1.1 304 Not Modified')
  })

  it('follows the links of a folder, with all its odd names', async () => {
    const { code } = await wget('-r', '-np', '-nH', '-P', 'mirror', site.url('/files/tree/'))
    expect(code).toBe(0)
    expect(fetched('mirror/files/tree/a b.txt').toString()).toBe('one')
    expect(fetched('mirror/files/tree/empty')).toHaveLength(0)
    const [odd = ''] = fs
      .readdirSync(site.at('mirror/files/tree/deep'))
      .filter((name) => name !== 'index.html')
    expect(fetched(`mirror/files/tree/deep/${odd}`).toString()).toBe('two')
  })

  it('fails with 8 if there is no such file, and with 6 if it may not come in', async () => {
    expect((await wget(site.url('/files/missing'))).code).toBe(8)
    expect((await wget('--password=wrong', site.url('/files/large'))).code).toBe(6)
  })
})

describe('aria2', () => {
  const aria2 = async (...args: readonly string[]) =>
    await site.run('aria2c', [
      '--quiet',
      `--ca-certificate=${site.certificate}`,
      '--http-user=anna',
      `--http-passwd=${PASSWORD}`,
      '--allow-overwrite=false',
      ...args,
    ])

  it('gets a file by eight connections at a time, each with ranges of it', async () => {
    const args = ['-x', '8', '-s', '8', '-k', '1M', '-o', 'segments', site.url('/files/large')]
    expect(await aria2(...args)).toMatchObject({ code: 0 })
    expect(BYTES.equals(fetched('segments'))).toBe(true)
  })

  it('continues one', async () => {
    fs.writeFileSync(site.at('continued'), BYTES.subarray(0, 11 * MIB + 5))
    expect(await aria2('-c', '-x', '4', '-o', 'continued', site.url('/files/large'))).toMatchObject({
      code: 0,
    })
    expect(BYTES.equals(fetched('continued'))).toBe(true)
  })

  it('compares the digest', async () => {
    const md5 = execFileSync('md5sum', [site.served.at('large')])
      .toString()
      .slice(0, 32)
    const args = (value: string): string[] => [`--checksum=md5=${value}`, site.url('/files/large')]
    expect((await aria2('-o', 'right', ...args(md5))).code).toBe(0)
    expect((await aria2('-o', 'wrong', ...args('0'.repeat(32)))).code).toBe(32)
  })
})

describe('rclone', () => {
  const rclone = async (command: string, ...args: readonly string[]) => {
    const url = site.url('/files/tree/').replace('https://', `https://${encodeURI(ANNA)}@`)
    return await site.run('rclone', [
      command,
      `--http-url=${url}`,
      `--ca-cert=${site.certificate}`,
      '--retries=1',
      ...args,
    ])
  }

  it('lists, copies and compares a folder with odd names', async () => {
    const { stdout } = await rclone('lsf', '-R', ':http:')
    expect(stdout.trim().split('\n').sort()).toEqual(['a b.txt', 'deep/', 'deep/ü#?%41&.txt', 'empty'])
    expect(await rclone('copy', ':http:', 'copied')).toMatchObject({ code: 0 })
    for (const name of ['a b.txt', 'deep/ü#?%41&.txt', 'empty'])
      expect(fetched(path.join('copied', name)).equals(site.served.read(`tree/${name}`))).toBe(true)
    expect(await rclone('check', ':http:', 'copied', '--download')).toMatchObject({ code: 0 })
    fs.writeFileSync(site.at('copied/empty'), 'no')
    expect((await rclone('check', ':http:', 'copied', '--download')).code).not.toBe(0)
  })

  it('copies again only what has changed', async () => {
    await rclone('copy', ':http:', 'again')
    site.served.write('tree/empty', 'full')
    const { code, stderr } = await rclone('copy', '-v', ':http:', 'again')
    expect(code).toBe(0)
    expect(stderr).toMatch(/empty: Copied \(replaced existing\)/)
    expect(stderr).not.toMatch(/a b\.txt: Copied/)
    site.served.write('tree/empty', '')
  })
})
