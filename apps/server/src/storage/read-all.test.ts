import fs from 'node:fs'
import { FEW_BYTES, systemFiles } from '@ftp/files'
import { parsePath, TransferError } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { intercepted } from '../../../../test/support/intercepted-files.ts'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { Disk } from './disk.ts'

const CHANGES: readonly [string, (file: string) => void][] = [
  ['shrinks', (file) => fs.truncateSync(file, 5)],
  ['grows', (file) => fs.appendFileSync(file, 'more')],
  ['is written to', (file) => fs.writeFileSync(file, 'X', { flag: 'r+' })],
]

describe.each([
  ['few bytes', 1_000],
  ['many bytes', FEW_BYTES + 1],
])('a file of %s that is read with others', (_, size) => {
  it.each(CHANGES)(
    'and %s meanwhile comes as an error, and the others as they are',
    async (_change, change) => {
      using folder = new TempDir()
      for (const name of ['a', 'b', 'c']) {
        fs.writeFileSync(folder.at(name), name.repeat(size))
        // An old time, so that the change shows even where the clock of the file system is coarse.
        fs.utimesSync(folder.at(name), 1_000_000_000, 1_000_000_000)
      }
      let reads = 0
      const files = intercepted(systemFiles, (call, proceed) => {
        if ((call === 'read' || call === 'readNow') && ++reads === 2) change(folder.at('b'))
        return proceed()
      })
      const disk = new Disk(folder.path, (action) => action(), { fs: files })
      const read = await disk.readAll(['a', 'b', 'c'].map(parsePath), new Uint8Array(4 * size))
      const told = read.map((one) =>
        one instanceof TransferError ? one.code : Buffer.from(one.bytes ?? []).toString(),
      )
      expect(told).toEqual(['a'.repeat(size), 'changed', 'c'.repeat(size)])
    },
  )
})
