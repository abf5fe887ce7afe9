import fs from 'node:fs'
import { expect, it } from 'vitest'
import { TempDir } from '../../../test/support/temp-dir.ts'
import { makePrivateFolder, othersWithAccess, type WindowsAccess } from './private-folder.ts'

const USER = 'S-1-5-21-1-2-3-1001'

function windows(list?: string, user: string | undefined = USER) {
  const restricted: [string, readonly string[]][] = []
  const access: WindowsAccess = {
    user: () => user,
    list: () => list,
    restrict: (folder, sids) => restricted.push([folder, sids]),
  }
  return { ...access, restricted }
}

it('a new folder is for this user alone; one that exists stays as it is', () => {
  using temp = new TempDir()
  const folder = temp.at('a/b')
  const access = windows()
  makePrivateFolder(folder, 'linux', access)
  expect(fs.statSync(folder).mode & 0o777).toBe(0o700)
  makePrivateFolder(folder, 'win32', access)
  expect(access.restricted).toEqual([])
  makePrivateFolder(temp.at('c'), 'win32', access)
  expect(access.restricted).toEqual([[temp.at('c'), [USER, 'S-1-5-18']]])
})

it.each([
  ['of this user alone', `D:PAI(A;OICI;FA;;;${USER})(A;OICI;FA;;;SY)`, []],
  ['with administrators and the owner', `D:(A;;FA;;;BA)(A;OICIIO;FA;;;CO)(A;;FA;;;${USER})`, []],
  ['that all users may read', `D:AI(A;OICIID;FA;;;${USER})(A;OICIID;0x1200a9;;;BU)(A;ID;FA;;;SY)`, ['BU']],
  ['that somebody else may read', 'D:(A;;FR;;;S-1-5-21-1-2-3-1002)(D;;FA;;;WD)', ['S-1-5-21-1-2-3-1002']],
  ['without a list', 'D:NO_ACCESS_CONTROL', ['WD']],
  ['of which nothing is known', undefined, []],
])('a folder %s', (_, list, others) => {
  expect(othersWithAccess('state', windows(list && `state\r\n${list}`))).toEqual(others)
})
