import net from 'node:net'
import { DEFAULT_PORT, TransferError } from '@ftp/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { Profiles } from './profiles.ts'
import { findServer, parseServer } from './server-address.ts'

describe('the address of a server', () => {
  it.each([
    ['nas', undefined, 'nas', DEFAULT_PORT],
    ['nas.local:8021', undefined, 'nas.local', 8021],
    ['anna@nas', 'anna', 'nas', DEFAULT_PORT],
    ['anna@192.168.1.5:1', 'anna', '192.168.1.5', 1],
    ['[::1]:65535', undefined, '::1', 65_535],
    ['[::1]', undefined, '::1', DEFAULT_PORT],
    ['::1', undefined, '::1', DEFAULT_PORT],
    ['2001:db8::17', undefined, '2001:db8::17', DEFAULT_PORT],
    ['anna@[fe80::1]:7021', 'anna', 'fe80::1', 7021],
    ['fe80::1%lo', undefined, 'fe80::1%lo', DEFAULT_PORT],
    ['anna@fe80::1%eth0:7022', 'anna', 'fe80::1%eth0', 7022],
    ['[fe80::1%lo]:7021', undefined, 'fe80::1%lo', 7021],
    ['::ffff:192.168.1.5', undefined, '::ffff:192.168.1.5', DEFAULT_PORT],
  ])('%s', (text, user, host, port) => expect(parseServer(text)).toEqual({ user, host, port }))

  it.each([
    '',
    ':7021',
    '@nas',
    'anna@',
    'nas:',
    'nas:0',
    'nas:65536',
    'nas:123456',
    'nas:x',
    'nas:7021:1',
    'a@b@c',
    'dead:beef',
    ':::::',
    '::1:7021:x',
    '[1.2.3.4]:5',
    '[nas]',
    '[]:1',
    '[::1',
    '::1]:7021',
    'my nas',
    'nas\n',
    'ftp://nas',
  ])('%j is none', (text) => {
    expect(() => parseServer(text)).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  it('is read, or refused with a code, whatever it is', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'f', '1', ':', '@', '[', ']', '.', ' ', '\0', '%') })
    fc.assert(
      fc.property(text, (text) => {
        try {
          const { host, port } = parseServer(text)
          expect(host).toMatch(/^[^\s@[\]\0]+$/)
          expect(!host.includes(':') || net.isIPv6(host)).toBe(true)
          expect(port).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(TransferError)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('the server to talk to', () => {
  let folder: TempDir
  let logins: Profiles
  beforeEach(() => {
    folder = new TempDir()
    logins = new Profiles(folder.at('config'))
  })
  afterEach(() => folder[Symbol.dispose]())

  const find = (named?: string, user?: string): Promise<unknown> =>
    findServer(named, user, logins, AbortSignal.timeout(1_000))
  const keys = {
    salt: Buffer.alloc(16, 1),
    iterations: 600_000,
    clientKey: Buffer.alloc(32, 2),
    serverKey: Buffer.alloc(32, 3),
  }
  const anna = { host: 'nas', port: DEFAULT_PORT, user: 'anna', plaintext: false, keys }
  const otto = { ...anna, user: 'otto', keys: { ...keys, clientKey: Buffer.alloc(32, 4) } }

  it('is the last login where nothing is named, with all that it needs', async () => {
    logins.save('nas', anna)
    logins.save('other', { ...anna, host: 'other', plaintext: true })
    expect(await find()).toEqual({ ...anna, host: 'other', plaintext: true })
    expect(await find('')).toEqual({ ...anna, host: 'other', plaintext: true })
  })

  it.each<[string, string | undefined, object]>([
    ['nas', undefined, anna],
    ['home', undefined, otto],
    ['anna@nas', undefined, anna],
    ['ANNA@nas', undefined, anna],
    ['otto@nas:7021', undefined, otto],
    ['nas', 'otto', otto],
    ['anna@nas', 'otto', anna],
    ['home', 'anna', anna],
    ['eva@nas', undefined, { host: 'nas', port: DEFAULT_PORT, user: 'eva', plaintext: false }],
    ['nas', 'eva', { host: 'nas', port: DEFAULT_PORT, user: 'eva', plaintext: false }],
    ['anonymous@nas', undefined, { host: 'nas', port: DEFAULT_PORT, user: 'anonymous', plaintext: false }],
    ['nas:1', undefined, { host: 'nas', port: 1, user: undefined, plaintext: false }],
  ])('%s, with FTP_USER %s, is the login that fits', async (named, user, expected) => {
    logins.save('home', otto)
    logins.save('nas', anna)
    expect(await find(named, user)).toEqual(expected)
  })

  it('is the one that was named, without asking whether it answers', async () => {
    expect(await find('nas:1')).toEqual({ user: undefined, host: 'nas', port: 1, plaintext: false })
  })

  it('is not looked for any more after an interruption', async () => {
    const reason = new TransferError('aborted', 'interrupted')
    await expect(findServer(undefined, undefined, logins, AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})
