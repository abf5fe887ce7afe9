import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { namesIn } from './names.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'names-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

/** Puts so many files into the folder. @returns their names in order */
function fill(count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => `${'n'.repeat(200)}-${index}`)
  for (const name of names) fs.linkSync(path.join(folder, '.first'), path.join(folder, name))
  return names.sort()
}

it.each([0, 3, 4_000])('of a directory with %i files are all read, once each', (count) => {
  fs.writeFileSync(path.join(folder, '.first'), '')
  const names = ['.first', ...fill(count)].sort()
  expect([...namesIn(folder)].sort()).toEqual(names)
})

it('of something that is no directory are an error of the system', () => {
  const read = (name: string) => () => [...namesIn(path.join(folder, name))]
  fs.writeFileSync(path.join(folder, 'file'), '')
  expect(read('gone')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  expect(read('file')).toThrow(expect.objectContaining({ code: 'ENOTDIR' }))
})
