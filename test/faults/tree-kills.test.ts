import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { treeOf, writeTree } from '../support/files.ts'
import { Site } from '../support/site.ts'

/** Some requests for many files, on each of the connections. */
const FILES = 400
const SIZE = 5_000
/** Connections that move them. */
const JOBS = 4
/** So much has moved on a connection when something dies: files of some requests have arrived, others are on their way. */
const MIDDLE = (FILES * SIZE) / JOBS / 2
const TIME = 1_700_000_000_123_456

let site: Site
beforeAll(async () => {
  site = await Site.open({ threads: 2 })
})
afterAll(() => site[Symbol.asyncDispose]())

function plant(folder: string): void {
  const files = Array.from({ length: FILES }, (_, index) => [
    `${index % 3}/${index % 7}/${index}`,
    String(index).padEnd(SIZE - (index % 100), '.'),
  ])
  writeTree(folder, Object.fromEntries(files), TIME)
}

/** Every file that is shown is one of the tree, and whole. @returns how many. For folders nobody writes to. */
function arrived(here: string, there: string): number {
  const whole = treeOf(here)
  const isHidden = (name: string): boolean => path.basename(name).includes('.ftp')
  const shown = Object.entries(treeOf(there)).filter(
    ([name, what]) => !isHidden(name) && what !== 'directory',
  )
  for (const [name, what] of shown) expect(what, name).toEqual(whole[name])
  return shown.length
}

it.each([
  ['put', 'up'],
  ['get', 'down'],
] as const)(
  'a %s -r of small files: whoever is killed in the middle, names show whole files, and the same command does the rest',
  async (way, direction) => {
    const [from, to] = way === 'put' ? [site.home, site.root] : [site.root, site.home]
    const [here, there] = [path.join(from, way), path.join(to, way)]
    plant(here)
    let stalls = true
    await using proxy = await ChaosProxy.start(
      () => site.port,
      () => (stalls ? { [direction]: { stallAfter: MIDDLE } } : {}),
    )
    const command = [way, '-r', '-j', String(JOBS), way]
    {
      await using client = site.start(command, { port: proxy.port })
      await proxy.stalled
      expect((await client.kill()).signal).toBe('SIGKILL')
      if (way === 'get') expect(arrived(here, there)).toBeLessThan(FILES)
    }
    proxy.release()
    await using client = site.start(command, { port: proxy.port })
    await proxy.stalled
    await site.server.kill()
    stalls = false
    proxy.release()
    if (way === 'put') expect(arrived(here, there)).toBeLessThanOrEqual(FILES)
    await site.restart()
    expect(await client.result()).toMatchObject({ code: 0, stderr: '' })
    expect(arrived(here, there)).toBe(FILES)
    // What the killed client was receiving goes when the next one comes; what the server was storing, when it tidies up.
    if (way === 'get') expect(treeOf(there)).toEqual(treeOf(here))
  },
)
