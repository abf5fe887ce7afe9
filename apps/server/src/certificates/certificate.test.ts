import { createPrivateKey, X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { type Identity, loadIdentity } from '../state/identity.ts'
import { certificateFor, namesOf } from './certificate.ts'
import { ownNames } from './own-names.ts'

const DAY_MS = 86_400_000
const NAMES = ['nas', 'nas.local', '192.0.2.7', '2001:db8::7']

let folder: TempDir
let file: string
let identity: Identity
beforeEach(async () => {
  folder = new TempDir()
  file = folder.at('certificate.pem')
  identity = await loadIdentity(folder.at('identity.pem'))
})
afterEach(() => folder[Symbol.dispose]())

async function certificate(names: readonly string[] = NAMES, now?: number): Promise<X509Certificate> {
  return new X509Certificate(await certificateFor(identity, file, names, now))
}

it('names every host and address, is for the key of the server, and signs nothing', async () => {
  const made = await certificate()
  for (const name of ['nas', 'nas.local']) expect(made.checkHost(name)).toBe(name)
  for (const address of ['192.0.2.7', '2001:db8::7']) expect(made.checkIP(address)).toBe(address)
  expect(made.checkPrivateKey(createPrivateKey(identity.key))).toBe(true)
  expect(made.ca).toBe(false)
  const days = (made.validToDate.getTime() - made.validFromDate.getTime()) / DAY_MS
  // Apple's systems refuse more than 825 days.
  expect(days).toBeLessThanOrEqual(825)
})

it('stays the same from start to start, so that a browser trusts it once', async () => {
  const made = await certificate()
  expect((await certificate()).fingerprint256).toBe(made.fingerprint256)
  expect((await certificate(['nas'])).fingerprint256).toBe(made.fingerprint256)
})

it('is renewed for a new name, keeps the old ones, and keeps the key', async () => {
  const made = await certificate()
  const renewed = await certificate(['192.0.2.99'])
  expect(renewed.fingerprint256).not.toBe(made.fingerprint256)
  expect(renewed.serialNumber).not.toBe(made.serialNumber)
  expect(new Set(namesOf(renewed).map((name) => name.toLowerCase())).size).toBe(5)
  expect(renewed.checkIP('192.0.2.7')).toBe('192.0.2.7')
  expect(renewed.publicKey.equals(made.publicKey)).toBe(true)
})

it.each([
  ['shortly before it expires', 760],
  ['if the clock has gone back', -10],
])('is renewed %s', async (_, days) => {
  const made = await certificate()
  const then = Date.now() + days * DAY_MS
  const renewed = await certificate(NAMES, then)
  expect(renewed.fingerprint256).not.toBe(made.fingerprint256)
  expect(renewed.validFromDate.getTime()).toBeLessThan(then)
  expect(renewed.validToDate.getTime()).toBeGreaterThan(then)
})

it.each([
  ['damaged', () => 'no certificate'],
  [
    'for another key',
    async () => certificateFor(await loadIdentity(folder.at('other.pem')), folder.at('other'), NAMES),
  ],
])('a kept certificate that is %s is replaced', async (_, text) => {
  fs.writeFileSync(file, await text())
  const made = await certificate()
  expect(made.checkPrivateKey(createPrivateKey(identity.key))).toBe(true)
  expect(new X509Certificate(fs.readFileSync(file)).fingerprint256).toBe(made.fingerprint256)
})

it('serves from memory if it cannot be kept', async () => {
  expect(
    namesOf(new X509Certificate(await certificateFor(identity, folder.at('no/file'), NAMES))),
  ).toHaveLength(4)
})

it('of more names than fit, takes the first, and is not made again at each start', async () => {
  const many = Array.from({ length: 100 }, (_, index) => `host-${index}`)
  const made = await certificate(many)
  expect(namesOf(made)).toHaveLength(64)
  expect((await certificate(many)).fingerprint256).toBe(made.fingerprint256)
})

it('the names of this machine can stand in a certificate', async () => {
  const names = ownNames('192.0.2.1')
  expect(names).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1', '192.0.2.1']))
  expect(namesOf(await certificate(names))).toHaveLength(names.length)
})
