import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { hiddenName } from './hidden-name.ts'
import { localDisk } from './local-disk.ts'
import { LocalFolder } from './local-folder.ts'

let folder: TempDir
beforeEach(() => {
  folder = new TempDir()
})
afterEach(() => folder[Symbol.dispose]())

/** What a process with this number would call its file, here or elsewhere. */
function nameOf(pid: number | undefined, place?: string): string {
  const [, here = '', , last = ''] = hiddenName(new LocalFolder('/elsewhere', localDisk)).split(/[.-]/)
  return `.${place ?? here}-${pid}-${last}.ftp.whole`
}

it('what a killed process has left in a folder is removed when the folder is next used', () => {
  const dead = spawnSync('true').pid
  const kept = [
    nameOf(process.pid),
    nameOf(1),
    nameOf(dead, '0'.repeat(10)),
    'f.ftp.part',
    `${nameOf(dead)}.txt`,
  ]
  for (const name of [nameOf(dead), ...kept]) fs.writeFileSync(folder.at(name), '')
  hiddenName(new LocalFolder(folder.path, localDisk))
  expect(new Set(fs.readdirSync(folder.path))).toEqual(new Set(kept))
})

it('no two files get the same hidden name', () => {
  const here = new LocalFolder(folder.path, localDisk)
  expect(hiddenName(here)).not.toBe(hiddenName(here))
})
