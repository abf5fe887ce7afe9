import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { expectSeconds } from '../support/durations.ts'
import { randomBytes } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

/** Bytes a second. What is moved takes a second of it. */
const RATE = 2_000_000

it('--limit-rate holds in both directions, for one large file and for many small ones together', async () => {
  await using site = await LocalSite.open({ threads: 2 })
  const large = randomBytes(2_000_000, 1)
  fs.writeFileSync(site.local('large'), large)
  fs.mkdirSync(site.local('small'))
  const names = Array.from({ length: 10 }, (_, index) => `${index}`)
  for (const name of names) fs.writeFileSync(path.join(site.local('small'), name), randomBytes(200_000, 2))
  const moves = [
    { move: ['put', site.local('large')], target: site.remote('large') },
    { move: ['get', 'large', '-o', site.local('back')], target: site.local('back') },
    { move: ['put', '-r', site.local('small')], target: site.remote('small') },
    { move: ['get', '-r', 'small', '-o', site.local('small back')], target: site.local('small back') },
  ]
  for (const { move, target } of moves)
    await expectSeconds({ least: 0.85, most: 2 }, async () => {
      fs.rmSync(target, { recursive: true, force: true })
      const { code } = await site.run(move, { global: ['--limit-rate', `${RATE}`] })
      expect({ move, code }).toEqual({ move, code: 0 })
    })
  expect(fs.readFileSync(site.local('back')).equals(large)).toBe(true)
})
