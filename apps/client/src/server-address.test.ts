import net from 'node:net'
import { DEFAULT_PORT, TransferError } from '@ftp/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findTarget, parseTarget } from './server-address.ts'

describe('the address of a server', () => {
  it.each([
    ['nas', 'anonymous', 'nas', DEFAULT_PORT],
    ['nas.local:8021', 'anonymous', 'nas.local', 8021],
    ['anna@nas', 'anna', 'nas', DEFAULT_PORT],
    ['anna@192.168.1.5:1', 'anna', '192.168.1.5', 1],
    ['[::1]:65535', 'anonymous', '::1', 65_535],
    ['[::1]', 'anonymous', '::1', DEFAULT_PORT],
    ['::1', 'anonymous', '::1', DEFAULT_PORT],
    ['2001:db8::17', 'anonymous', '2001:db8::17', DEFAULT_PORT],
    ['anna@[fe80::1]:7021', 'anna', 'fe80::1', 7021],
  ])('%s', (text, user, host, port) => expect(parseTarget(text)).toEqual({ user, host, port }))

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
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: 'bad_request' }))
  })

  it('is read, or refused with a code, whatever it is', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'f', '1', ':', '@', '[', ']', '.', ' ', '\0', '%') })
    fc.assert(
      fc.property(text, (text) => {
        try {
          const { host, port } = parseTarget(text)
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
  it('is the one that was named, without asking whether it answers', async () => {
    const named = await findTarget('nas:1', AbortSignal.timeout(1_000))
    expect(named).toEqual({ user: 'anonymous', host: 'nas', port: 1 })
  })

  it('is not looked for any more after an interruption', async () => {
    const reason = new TransferError('cancelled', 'interrupted')
    await expect(findTarget(undefined, AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})
