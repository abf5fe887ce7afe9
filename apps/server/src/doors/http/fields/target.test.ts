import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDestination, parseTarget, urlOf } from './target.ts'

describe('the target of a request', () => {
  it.each([
    ['/', { type: 'page' }],
    ['/?a', { type: 'page' }],
    ['/health', { type: 'health' }],
    ['/files', { type: 'files', path: [], isFolder: true }],
    ['/files/', { type: 'files', path: [], isFolder: true }],
    ['/files/a', { type: 'files', path: ['a'], isFolder: false }],
    ['/files/a/b%20c?x=/../y', { type: 'files', path: ['a', 'b c'], isFolder: false }],
    ['/files/a/', { type: 'files', path: ['a'], isFolder: true }],
    ['/files/%3Fa%23', { type: 'files', path: ['?a#'], isFolder: false }],
    ['/files/a+b', { type: 'files', path: ['a+b'], isFolder: false }],
    ['/files/%25', { type: 'files', path: ['%'], isFolder: false }],
    ['/files/%252e%252e', { type: 'files', path: ['%2e%2e'], isFolder: false }],
    ['/uploads/0123456789abcdef0123456789abcdef', { type: 'upload', id: '0123456789abcdef0123456789abcdef' }],
    [
      '/uploads/0123456789abcdef0123456789abcdef/chain',
      { type: 'upload-chain', id: '0123456789abcdef0123456789abcdef' },
    ],
    ['/uploads/0123456789ABCDEF0123456789ABCDEF', { type: 'nothing' }],
    ['/uploads/x', { type: 'nothing' }],
    ['/filesystem/a', { type: 'nothing' }],
    ['/Files/a', { type: 'nothing' }],
    ['//files/a', { type: 'nothing' }],
    ['/health/', { type: 'nothing' }],
    ['/..', { type: 'nothing' }],
  ])('%s', (target, resource) => {
    expect(parseTarget(target).resource).toEqual(resource)
  })

  it.each([
    '/files/..',
    '/files/../etc',
    '/files/a/../../b',
    '/files/%2e%2e/b',
    '/files/%2E%2E%2Fetc',
    '/files/..%2fetc',
    '/files/..%5cetc\\x',
    '/files/a\\b',
    '/files/a%2fb',
    '/files//a',
    '/files/a//b',
    '/files/a//',
    '/files/./a',
    '/files/%2e/a',
    '/files/a%00',
    '/files/a%0d%0ab',
    '/files/%c0%af',
    '/files/%ff',
    '/files/%ed%a0%80',
    '/files/%',
    '/files/%2',
    '/files/%u2215',
    '/files/.ftp-server/state.db',
    '/files/.FTP-Server',
    '/files/.ftp-part-0',
    '/files/a#b',
    'http://evil/files/a',
    '*',
    '',
    'files/a',
  ])('%s is refused', (target) => {
    expect(() => parseTarget(target)).toThrow(expect.objectContaining({ code: 'name' }))
  })

  it('is refused if it is very long', () => {
    expect(() => parseTarget(`/files/${'a/'.repeat(10_000)}`)).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    )
  })

  it('is a path that has all names of the URL, and no others; or is refused', () => {
    const piece = fc.constantFrom('a', '.', '..', '/', '%2f', '%2e', '%5c', '\\', '%', '00', '%00', 'é', '?')
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          const { resource } = parseTarget(`/files/${pieces.join('')}`)
          if (resource.type !== 'files') return expect(resource.type).toBe('nothing')
          for (const name of resource.path) {
            expect(['', '.', '..']).not.toContain(name)
            expect(name).not.toMatch(/[/\0]/)
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'name' })
        }
      }),
    )
  })

  it('gives back every path that was written as one', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.array(name), fc.boolean(), (names, isFolder) => {
        const { resource } = tried(() => parseTarget(urlOf(names, isFolder))) ?? {}
        if (resource?.type === 'files') expect(resource.path).toEqual(names)
      }),
    )
  })
})

function tried<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}

describe('a destination', () => {
  it.each([
    ['/files/b', ['b']],
    ['https://nas:7021/files/b%20c/', ['b c']],
    ['HTTPS://NAS:7021/files/b', ['b']],
    ['https://evil:7021/files/b', undefined],
    ['https://nas/files/b', undefined],
    ['https://nas:7021@evil/files/b', undefined],
    ['/uploads/x', undefined],
  ])('%s', (destination, path) => {
    expect(parseDestination(destination, 'nas:7021')).toEqual(path)
  })

  it.each(['ftp://nas:7021/files/b', '/files/../b', '//evil/files/b\\', 'b'])(
    '%s is refused',
    (destination) => {
      expect(() => parseDestination(destination, 'nas:7021')).toThrow()
    },
  )
})
