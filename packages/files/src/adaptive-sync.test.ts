import fs from 'node:fs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { TempDir } from '../../../test/support/temp-dir.ts'

let folder: TempDir
let fd: number
beforeEach(() => {
  // Its memory of slow syncs belongs to the module.
  vi.resetModules()
  folder = new TempDir()
  fd = fs.openSync(folder.at('file'), 'w')
})
afterEach(() => {
  vi.restoreAllMocks()
  fs.closeSync(fd)
  folder[Symbol.dispose]()
})

/** How many of so many syncs are done at once, where each takes so many milliseconds; all of them are done. */
async function syncs(count: number, ms: number): Promise<number> {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const atOnce = vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {
    now += ms
  })
  const later = vi.spyOn(fs, 'fsync')
  const { promptFiles } = await import('./adaptive-sync.ts')
  for (let sync = 0; sync < count; sync++) await promptFiles.fsync(fd)
  expect(atOnce.mock.calls.length + later.mock.calls.length).toBe(count)
  return atOnce.mock.calls.length
}

it('a sync that costs nothing is done at once', async () => {
  expect(await syncs(100, 0)).toBe(100)
})

it('after a slow one the next 64 hold up nobody, then it is tried again', async () => {
  expect(await syncs(130, 5)).toBe(2)
})

it('a sync that fails is told', async () => {
  const { promptFiles } = await import('./adaptive-sync.ts')
  await expect(async () => await promptFiles.fsync(9_999)).rejects.toMatchObject({ code: 'EBADF' })
})
