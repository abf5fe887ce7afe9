import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { foldersOf, MIB, setMtime, treeOf, writeRandom, writeTree } from '../support/files.ts'
import { Site } from '../support/site.ts'

const TIME = 1_700_000_000_123_456
/** So much has moved on one connection when the client dies. */
const STALLS_AT = [40_000, 2.5 * MIB]

function plant(folder: string): void {
  const small = Array.from({ length: 60 }, (_, index) => [`d${index % 3}/e/${index}`, 'x'.repeat(index * 20)])
  writeTree(folder, Object.fromEntries(small), TIME)
  writeRandom(path.join(folder, 'd1/big'), 3 * MIB + 5, 1)
  for (const [index, name] of ['d0/e', 'd0', 'd1/e', 'd1'].entries())
    setMtime(path.join(folder, name), TIME + index)
}

it.each([
  ['put', 'up'],
  ['get', 'down'],
] as const)(
  'a sync as a %s that is killed in the middle goes on when it is run again, and then has nothing left to do',
  async (way, direction) => {
    await using site = await Site.open()
    const [source, target] = way === 'put' ? [site.home, site.root] : [site.root, site.home]
    plant(path.join(source, 'tree'))
    writeTree(path.join(target, 'tree'), { 'surplus/x': 'old', 'd0/e/0': 'stale' }, TIME - 2)
    const sync = ['sync', ...(way === 'put' ? ['tree', ':tree'] : [':tree', 'tree']), '--delete']
    for (const stallAfter of STALLS_AT) {
      await using proxy = await ChaosProxy.start(site.port, () => ({ [direction]: { stallAfter } }))
      await using first = site.start(sync, { port: proxy.port })
      await proxy.stalled
      await first.kill()
      // Nothing is deleted before all else is done.
      expect(fs.existsSync(path.join(target, 'tree/surplus/x'))).toBe(true)
    }
    const second = await site.run(sync)
    expect(second).toMatchObject({ code: 0, stderr: '' })
    const [here, there] = [path.join(source, 'tree'), path.join(target, 'tree')]
    expect(treeOf(there)).toEqual(treeOf(here))
    expect(foldersOf(there)).toEqual(foldersOf(here))
    const third = await site.run(sync)
    expect(third.events).toMatchObject([{ event: 'summary', done: 0, moved: 0 }])
  },
)
