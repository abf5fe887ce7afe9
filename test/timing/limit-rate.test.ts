import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { randomBytes } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

const RATE = 1_000_000

it('--limit-rate holds in both directions, for one large file and for many small ones together', async () => {
  await using site = await LocalSite.open()
  const large = randomBytes(2_000_000, 1)
  fs.writeFileSync(site.local('large'), large)
  fs.mkdirSync(site.local('small'))
  const names = Array.from({ length: 10 }, (_, index) => `${index}`)
  for (const name of names) fs.writeFileSync(path.join(site.local('small'), name), randomBytes(200_000, 2))
  const moves = [
    ['put', site.local('large')],
    ['get', 'large', '-o', site.local('back')],
    ['put', '-r', site.local('small')],
    ['get', '-r', 'small', '-o', site.local('small back')],
  ]
  for (const move of moves) {
    const start = performance.now()
    const { code } = await site.run(move, { global: ['--limit-rate', `${RATE}`] })
    const seconds = (performance.now() - start) / 1_000
    expect({ move: move.slice(0, 2), code }).toEqual({ move: move.slice(0, 2), code: 0 })
    expect(seconds).toBeGreaterThan(2 * 0.85)
    // A machine that does other things too makes it later, never earlier.
    expect(seconds).toBeLessThan(2 * 2)
  }
  expect(fs.readFileSync(site.local('back')).equals(large)).toBe(true)
})
