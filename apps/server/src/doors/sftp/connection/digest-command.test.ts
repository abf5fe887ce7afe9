import { expect, it } from 'vitest'
import { parseDigestCommand } from './digest-command.ts'

it.each([
  ['md5sum', 'md5', undefined],
  ['md5sum /a/b.txt', 'md5', '/a/b.txt'],
  ["sha1sum 'a file'", 'sha1', 'a file'],
  ['md5sum a\\ file\\ \\&\\ more', 'md5', 'a file & more'],
  ['md5sum "a file"', 'md5', 'a file'],
  ['md5sum größe', 'md5', 'größe'],
] as const)('understands %s', (command, algorithm, path) => {
  expect(parseDigestCommand(command)).toEqual({ algorithm, path })
})

it.each([
  'md5sum $(id)',
  'md5sum `id`',
  'md5sum "$HOME"',
  'md5sum a b',
  'md5sum a; id',
  'md5sum a | cat',
  'md5sum -c sums & id',
  "md5sum 'open",
  'md5summer a',
  'sha256sum a',
  ' md5sum a',
  'id',
  '',
])('understands nothing else: %s', (command) => {
  expect(parseDigestCommand(command)).toBe(undefined)
})
