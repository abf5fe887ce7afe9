import { createPrivateKey, createPublicKey } from 'node:crypto'
import fs from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { type Identity, loadIdentity } from './identity.ts'

let folder: TempDir
let file: string
beforeEach(() => {
  folder = new TempDir()
  file = folder.at('identity.pem')
})
afterEach(() => {
  vi.restoreAllMocks()
  folder[Symbol.dispose]()
})

async function codeOf(loading: Promise<Identity>): Promise<unknown> {
  return await loading.then(
    () => 'no failure',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )
}

describe('the identity', () => {
  it('is made at the first start, readable by nobody else, and the same at every later one', async () => {
    const made = await loadIdentity(file)
    expect(made.fingerprint).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(fs.statSync(file).mode & 0o777).toBe(0o600)
    const before = fs.readFileSync(file)
    expect(await loadIdentity(file)).toEqual(made)
    expect(fs.readFileSync(file)).toEqual(before)
    expect(fs.readdirSync(folder.path)).toEqual(['identity.pem'])
  })

  it('is another one for another server', async () => {
    const [one, two] = [await loadIdentity(file), await loadIdentity(folder.at('other.pem'))]
    expect(one.fingerprint).not.toBe(two.fingerprint)
  })

  it('has a fingerprint of the public key alone: another certificate for the key keeps it', async () => {
    const { key, fingerprint } = await loadIdentity(file)
    const spki = createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'der' })
    const digest = await crypto.subtle.digest('SHA-256', spki)
    expect(fingerprint).toBe(`sha256:${Buffer.from(digest).toString('hex')}`)
  })

  it.each(['640', '604', '660', '644'])(
    'that others may read (mode %s) is refused, and stays as it is',
    async (mode) => {
      await loadIdentity(file)
      fs.chmodSync(file, Number.parseInt(mode, 8))
      const before = fs.readFileSync(file)
      expect(await codeOf(loadIdentity(file))).toBe('forbidden')
      expect(fs.readFileSync(file)).toEqual(before)
    },
  )

  it.each([
    ['is empty', () => ''],
    ['is cut', (pem: string) => pem.slice(0, -60)],
    ['has no certificate', (pem: string) => pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE'))],
    ['has no key', (pem: string) => pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'))],
    ['has a flipped letter in the key', (pem: string) => pem.replace(/(KEY-----\n.{20})./, '$1!')],
    ['is something else', () => 'hello'],
  ])('that %s is refused, and not replaced', async (_, damage) => {
    await loadIdentity(file)
    const damaged = damage(fs.readFileSync(file, 'utf8'))
    fs.writeFileSync(file, damaged)
    expect(await codeOf(loadIdentity(file))).toBe('io')
    expect(fs.readFileSync(file, 'utf8')).toBe(damaged)
  })

  it('with the key of another certificate is refused', async () => {
    await loadIdentity(file)
    await loadIdentity(folder.at('other.pem'))
    const [one, two] = [fs.readFileSync(file, 'utf8'), fs.readFileSync(folder.at('other.pem'), 'utf8')]
    const begin = '-----BEGIN CERTIFICATE'
    fs.writeFileSync(file, one.slice(0, one.indexOf(begin)) + two.slice(two.indexOf(begin)))
    expect(await codeOf(loadIdentity(file))).toBe('io')
  })

  it('that is a link, a directory or out of reach is refused', async () => {
    await loadIdentity(folder.at('real.pem'))
    fs.symlinkSync('real.pem', file)
    expect(await codeOf(loadIdentity(file))).toBe('not_file')
    expect(await codeOf(loadIdentity(folder.path))).not.toBe('no failure')
    expect(await codeOf(loadIdentity(folder.at('no', 'identity.pem')))).toBe('not_found')
  })

  it('that could not be written whole is made at the next start', async () => {
    const write = fs.writeFileSync
    vi.spyOn(fs, 'writeFileSync').mockImplementationOnce((path, data, options) => {
      write(path, String(data).slice(0, 100), options)
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    })
    expect(await codeOf(loadIdentity(file))).not.toBe('no failure')
    expect((await loadIdentity(file)).fingerprint).toMatch(/^sha256:/)
  })
})
