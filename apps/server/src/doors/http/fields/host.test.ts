import { describe, expect, it } from 'vitest'
import { isOwnHost, parseHost } from './host.ts'

const NAMES = new Set(['nas.example.org', '*.files.example.org'])

describe('a Host', () => {
  it.each([
    ['nas', { name: 'nas', port: undefined }],
    ['NAS.local:7021', { name: 'nas.local', port: 7021 }],
    ['nas.local.', { name: 'nas.local', port: undefined }],
    ['192.0.2.7:7021', { name: '192.0.2.7', port: 7021 }],
    ['[2001:db8::7]:7021', { name: '2001:db8::7', port: 7021 }],
  ])('%s', (header, host) => {
    expect(parseHost(header)).toEqual(host)
  })

  it.each([
    '',
    'a@b',
    'a b',
    'a/b',
    'a,b',
    'a:b',
    ':7021',
    '[nas]',
    '[1.2.3.4]',
    'a:99999',
    'é',
    '.',
    'a\tb',
    'a%2eb',
  ])('%j is none', (header) => {
    expect(parseHost(header)).toBeUndefined()
  })

  it.each([
    ['nas', true],
    ['nas.local', true],
    ['nas.fritz.box', false],
    ['nas.home.arpa', true],
    ['192.0.2.7', true],
    ['[::1]', true],
    ['nas.example.org', true],
    ['a.files.example.org', true],
    ['a.b.files.example.org', false],
    ['files.example.org', false],
    ['evil.test', false],
    ['nas.local.evil.test', false],
    ['127.0.0.1.evil.test', false],
  ])('%s is ours: %j', (header, isOurs) => {
    const host = parseHost(header)
    expect(host && isOwnHost(host, NAMES)).toBe(isOurs)
  })
})
