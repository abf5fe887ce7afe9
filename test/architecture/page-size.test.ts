import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { REPOSITORY } from './sources.ts'

const PAGE = path.join(REPOSITORY, 'apps/web/page')
/** The most that a browser may have to fetch for the page, in bytes, with everything that it may ever load. */
const MOST = 60_000

it('the page is small: a phone has it at once, and a reader understands all of it', () => {
  const names = fs.readdirSync(PAGE, { recursive: true, encoding: 'utf8' })
  const files = names.map((name) => path.join(PAGE, name)).filter((file) => fs.statSync(file).isFile())
  const size = files.reduce((sum, file) => sum + gzipSync(fs.readFileSync(file), { level: 9 }).length, 0)
  expect(files.length).toBeGreaterThan(3)
  expect(size).toBeLessThan(MOST)
})
