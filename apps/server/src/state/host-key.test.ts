import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, expect, it } from 'vitest'
import { readableKeys } from '../../../../test/support/ssh-keys.ts'
import { loadHostKey } from './host-key.ts'
import { fingerprintOf } from './public-key.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftx-host-key-'))
afterAll(() => fs.rmSync(folder, { recursive: true }))

it('makes a key once, for this user alone, which SSH understands', async () => {
  const file = path.join(folder, 'key')
  const made = await loadHostKey(file)
  expect(await loadHostKey(file)).toEqual(made)
  if (process.platform !== 'win32') expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  const key = ssh2.utils.parseKey(made.text)
  if (key instanceof Error) throw key
  expect(fingerprintOf(key.getPublicSSH())).toBe(made.fingerprint)
  expect(key.verify('message', key.sign('message'))).toBe(true)
})

it('takes a key that another server had', async () => {
  const file = path.join(folder, 'other')
  const { private: text, public: line } = readableKeys(() => ssh2.utils.generateKeyPairSync('ed25519'))
  fs.writeFileSync(file, text, { mode: 0o600 })
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64')
  expect((await loadHostKey(file)).fingerprint).toBe(fingerprintOf(blob))
})

it.each([
  ['garbage', 'garbage'],
  ['a key of another type', ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private],
  [
    'a key with a passphrase',
    ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-cbc', rounds: 1 }).private,
  ],
])('refuses %s, and does not replace it', async (_, text) => {
  const file = path.join(folder, 'bad')
  fs.writeFileSync(file, text, { mode: 0o600 })
  await expect(loadHostKey(file)).rejects.toMatchObject({ code: 'io' })
  expect(fs.readFileSync(file, 'utf8')).toBe(text)
})
