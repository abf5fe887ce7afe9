import { HOME } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeTree } from '../../../../../test/support/files.ts'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import type { Context } from '../command-context.ts'
import { endsWithSeparator } from './get-destination.ts'
import { expandedLocals } from './local-patterns.ts'

let folder: TempDir
beforeEach(() => {
  folder = new TempDir()
  writeTree(folder.path, { 'b.txt': '', 'a.txt': '', 'c.md': '', '[x].txt': '', 'sub/d.txt': '' })
})
afterEach(() => folder[Symbol.dispose]())

function expanded(locals: readonly string[], platform: NodeJS.Platform): readonly string[] {
  const context: Pick<Context, 'here' | 'client'> = { here: { local: folder.path, remote: HOME } }
  return expandedLocals(context as Context, locals, platform)
}

describe('Patterns that the shell has left as they are', () => {
  it('are expanded on Windows, whose shells expand none', () => {
    expect(expanded(['c.md', '?.txt', '[x].txt', 'sub/*'], 'win32')).toEqual([
      ...['c.md', 'a.txt', 'b.txt', '[x].txt', 'sub/d.txt'],
    ])
  })

  it('match nothing elsewhere, because the shell has tried', () => {
    expect(expanded(['[x].txt', '-', 'new'], 'linux')).toEqual(['[x].txt', '-', 'new'])
    expect(() => expanded(['*.txt'], 'linux')).toThrow(
      'nothing here matches "*.txt"; check it with: ls *.txt',
    )
    expect(() => expanded(['*.jpg'], 'win32')).toThrow(
      'nothing here matches "*.jpg"; check it with: dir *.jpg',
    )
  })
})

it('on Windows, a backslash ends the name of a directory too', () => {
  expect(['new/', 'new\\', 'new'].map((typed) => endsWithSeparator(typed, '\\'))).toEqual([true, true, false])
  expect(['new/', 'new\\', 'new'].map((typed) => endsWithSeparator(typed, '/'))).toEqual([true, false, false])
})
