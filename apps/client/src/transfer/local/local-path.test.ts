import path from 'node:path'
import { windowsNameProblem } from '@ftp/files'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { localModeOf, newFileMode } from './local-mode.ts'
import { localPathBelow } from './local-path.ts'

/** A disk of Windows on which nothing exists yet. */
const windows = {
  nameProblem: (folder: string, name: string) =>
    windowsNameProblem({ find: () => undefined, spelling: (_, each) => each }, folder, name),
}

it('names from a server never lead out of the folder, by the rules of Windows', () => {
  const parts = fc.constantFrom(
    '..',
    '.',
    '/',
    '\\',
    ':',
    'C:',
    'x',
    'CON',
    ' ',
    '\0',
    'a.txt',
    '//',
    '\\\\?\\',
  )
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 6 }), (chosen) => {
      const names = chosen.join('')
      let place: string
      try {
        place = localPathBelow('target', names, windows)
      } catch (error) {
        expect(error).toMatchObject({ code: 'name' })
        return
      }
      const inside = path.win32.relative('C:\\target', path.win32.resolve('C:\\', place))
      expect(inside).toBe(names.replaceAll('/', '\\'))
    }),
    { numRuns: 2_000 },
  )
})

it.each(['..\\..\\evil.txt', 'C:evil', 'a:b', 'CON', 'x.', 'dir/a:b', 'dir/../evil', 'FTP-SE~1'])(
  '%s is refused on Windows',
  (names) => expect(() => localPathBelow('target', names, windows)).toThrow(/cannot be stored in "target/),
)

it('what only Windows cannot store is stored elsewhere', () => {
  expect(localPathBelow('target', 'dir/a:b')).toBe('target/dir/a:b')
  expect(localPathBelow('target', '')).toBe('target')
  expect(() => localPathBelow('target', 'dir/../x')).toThrow('".." is not a name')
})

it('permission bits are neither wanted nor set if one of the two file systems has none', () => {
  const file = { type: 'file', mode: 0o444 } as const
  expect(localModeOf(file, { platform: 'linux' })).toBe(0o444)
  expect(localModeOf(file, { platform: 'win32' })).toBeUndefined()
  expect(localModeOf({ type: 'file' }, { platform: 'linux' })).toBeUndefined()
  expect(localModeOf({ type: 'directory', mode: 0o500 }, { platform: 'linux' })).toBe(0o700)
  expect(newFileMode({}, { platform: 'linux' })).toBe(0o666 & ~process.umask())
  expect(newFileMode({ mode: 0o444 }, { platform: 'win32' })).toBeUndefined()
})
