import fs from 'node:fs'
import path from 'node:path'
import { BLOCK_SIZE } from '@ftp/md5'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { Spool } from './spool.ts'

let folder: TempDir
beforeEach(() => {
  folder = new TempDir()
})
afterEach(() => folder[Symbol.dispose]())

it('what is written comes back, from each slot its own, and no file has a name', () => {
  using spool = new Spool(path.join(folder.path, 'spool'))
  using one = spool.slot()
  using two = spool.slot()
  for (const [slot, byte] of [
    [one, 1],
    [two, 2],
  ] as const) {
    slot.write(new Uint8Array(100).fill(byte), 0)
    slot.write(new Uint8Array(BLOCK_SIZE - 100).fill(byte), 100)
  }
  expect(fs.readdirSync(folder.path)).toEqual([])
  const bytes = new Uint8Array(BLOCK_SIZE)
  one.read(bytes)
  expect(bytes.every((byte) => byte === 1)).toBe(true)
  two.read(bytes)
  expect(bytes.every((byte) => byte === 2)).toBe(true)
})

it('a slot that was given back is the next one, however often it is given back', () => {
  using spool = new Spool(path.join(folder.path, 'spool'))
  using held = spool.slot()
  held.write(Uint8Array.of(7), 0)
  const other = spool.slot()
  other.write(Uint8Array.of(8), 0)
  other[Symbol.dispose]()
  other[Symbol.dispose]()
  using next = spool.slot()
  using another = spool.slot()
  next.write(Uint8Array.of(9), 0)
  another.write(Uint8Array.of(10), 0)
  const byte = new Uint8Array(1)
  const read = [held, next, another].map((slot) => {
    slot.read(byte)
    return byte[0]
  })
  expect(read).toEqual([7, 9, 10])
})

it('where there can be no file that is said', () => {
  using spool = new Spool(path.join(folder.path, 'missing', 'spool'))
  expect(() => spool.slot()).toThrow(expect.objectContaining({ code: 'not_found' }))
})

it('bytes that were never written are missing, and nothing else is read instead', () => {
  using spool = new Spool(path.join(folder.path, 'spool'))
  using slot = spool.slot()
  slot.write(new Uint8Array(100), 0)
  expect(() => slot.read(new Uint8Array(101))).toThrow(expect.objectContaining({ code: 'io' }))
})
