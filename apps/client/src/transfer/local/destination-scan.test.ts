import fs from 'node:fs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { DestinationScan } from './destination-scan.ts'
import { partialOf } from './partial-file.ts'

let folder: TempDir
let places: DestinationScan
beforeEach(() => {
  folder = new TempDir()
  folder.folder('a')
  folder.folder('b')
  places = new DestinationScan('fail')
})
afterEach(() => {
  vi.restoreAllMocks()
  folder[Symbol.dispose]()
})

it('a place is free where neither the file is nor what an earlier attempt has left of it', () => {
  fs.writeFileSync(folder.at('a', 'there'), '')
  fs.writeFileSync(partialOf(folder.at('a', 'begun')), '')
  const free = ['there', 'begun', 'new'].map((name) => places.isFree(folder.at('a', name)))
  expect(free).toEqual([false, false, true])
  expect(places.isFree(folder.at('b', 'there'))).toBe(true)
})

it('a file that is to be replaced is in nobody’s way, but a link, a folder or a partial is', () => {
  const replacing = new DestinationScan('replace')
  fs.writeFileSync(folder.at('a', 'there'), '')
  fs.writeFileSync(partialOf(folder.at('a', 'begun')), '')
  fs.symlinkSync('there', folder.at('a', 'link'))
  folder.folder('a/folder')
  const free = ['there', 'begun', 'link', 'folder', 'new'].map((name) =>
    replacing.isFree(folder.at('a', name)),
  )
  expect(free).toEqual([true, false, false, false, true])
})

it('each folder is looked into once, for all files that come in a row', () => {
  const look = vi.spyOn(fs, 'opendirSync')
  for (const name of ['a/1', 'a/2', 'a/3', 'b/1', 'b/2']) expect(places.isFree(folder.at(name))).toBe(true)
  expect(look).toHaveBeenCalledTimes(2)
})

it('nothing is known of a folder that is not there', () => {
  expect(places.isFree(folder.at('missing', 'x'))).toBe(false)
})
