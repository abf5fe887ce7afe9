import { describe, expect, it } from 'vitest'
import { sidesOf } from './sync-direction.ts'

describe('the sides of a sync', () => {
  it.each([
    [':', undefined, ''],
    [':photos', undefined, 'photos'],
    ['nas:photos/2026', 'nas', 'photos/2026'],
    ['nas:7022:photos', 'nas:7022', 'photos'],
    ['anna@nas:7022:', 'anna@nas:7022', ''],
    ['anna@10.0.0.2:7022:/a:b', 'anna@10.0.0.2:7022', '/a:b'],
    ['nas:./7022:x', 'nas', './7022:x'],
    ['nas:2026', 'nas', '2026'],
    ['[::1]:photos', '[::1]', 'photos'],
    ['[::1]:7022:photos', '[::1]:7022', 'photos'],
    ['anna@[fe80::1%lo]:7022:photos', 'anna@[fe80::1%lo]:7022', 'photos'],
    ['::1:photos', '::1', 'photos'],
    ['fe80::1%lo:photos', 'fe80::1%lo', 'photos'],
    ['anna@2001:db8::17:a/b:c', 'anna@2001:db8::17', 'a/b:c'],
  ])('%s', (typed, server, remote) => {
    expect(sidesOf('here', typed)).toEqual({ way: 'put', local: 'here', server, remote })
    expect(sidesOf(typed, 'here')).toEqual({ way: 'get', local: 'here', server, remote })
  })

  it.each(['C:\\work', 'c:', 'D:photos'])('%s is a folder on Windows', (typed) => {
    expect(sidesOf(typed, ':y', 'win32')).toMatchObject({ way: 'put', local: typed, server: undefined })
    expect(sidesOf('nas:7022:x', typed, 'win32')).toMatchObject({
      way: 'get',
      local: typed,
      server: 'nas:7022',
    })
    expect(() => sidesOf(typed, ':y', 'linux')).toThrow(/both are on a server/)
  })

  it('are refused with a sentence that is true', () => {
    expect(() => sidesOf('a', './b:c')).toThrow(/one of the two must be on a server/)
    expect(() => sidesOf(':a', 'nas:7022:b')).toThrow(/both are on a server/)
  })
})
