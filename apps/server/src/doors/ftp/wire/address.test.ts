import { describe, expect, it } from 'vitest'
import { formatPassive, isSameHost, ownAddress, parseExtendedPort, parsePort } from './address.ts'

describe('an address for data', () => {
  it('is parsed', () => {
    expect(parsePort('192,0,2,7,195,80')).toEqual({ host: '192.0.2.7', port: 50_000 })
    expect(parseExtendedPort('|1|192.0.2.7|50000|')).toEqual({ host: '192.0.2.7', port: 50_000 })
    expect(parseExtendedPort('!2!2001:db8::7!50000!')).toEqual({ host: '2001:db8::7', port: 50_000 })
    expect(formatPassive('192.0.2.7', 50_000)).toBe('192,0,2,7,195,80')
  })

  it('has to be that of the client, and no port of the system', () => {
    const [client, port] = ['192.0.2.7', 50_000]
    expect(ownAddress({ host: client, port }, `::ffff:${client}`)).toEqual({ host: client, port })
    expect(() => ownAddress({ host: '192.0.2.8', port }, client)).toThrow()
    expect(() => ownAddress({ host: client, port: 1_023 }, client)).toThrow()
  })

  it('is that of the client if it is unspecified, or without the zone', () => {
    const port = 50_000
    expect(ownAddress({ host: '::', port }, '2001:db8::7')).toEqual({ host: '2001:db8::7', port })
    expect(ownAddress({ host: '0.0.0.0', port }, '192.0.2.7')).toEqual({ host: '192.0.2.7', port })
    expect(ownAddress({ host: 'fe80::1', port }, 'fe80::1%eth0')).toEqual({ host: 'fe80::1%eth0', port })
    expect(() => ownAddress({ host: '::', port }, '192.0.2.7')).toThrow()
  })
})

it.each([
  ['192.0.2.7', '::ffff:192.0.2.7', true],
  ['2001:db8::7', '2001:0DB8:0:0::7', true],
  ['fe80::1%eth0', 'fe80::1', true],
  ['::1', '127.0.0.1', false],
  ['192.0.2.7', '192.0.2.70', false],
  ['', '192.0.2.7', false],
])('%s and %s are the same host: %s', (one, other, expected) => {
  expect(isSameHost(one, other)).toBe(expected)
  expect(isSameHost(other, one)).toBe(expected)
})
