import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

/*
 * docs/security.md says which test holds which threat. What could silently go wrong: a threat that is left out, a test
 * that was renamed or removed.
 */
const ROOT = path.join(import.meta.dirname, '..', '..')
const ROWS = fs
  .readFileSync(path.join(ROOT, 'docs', 'security.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| T\d\d /.test(line))

it('every threat is on the page, once and in order', () => {
  const ids = ROWS.map((row) => row.slice(2, 5))
  expect(ids.length).toBeGreaterThanOrEqual(75)
  expect(ids).toEqual(ids.map((_, i) => `T${String(i + 1).padStart(2, '0')}`))
})

it.each(ROWS.map((row) => [row.slice(2, 5), row] as const))('the tests that hold %s exist', (_, row) => {
  for (const [, name = ''] of row.matchAll(/`([a-z]+\/[^`]+)`/g)) {
    const file = /^(apps|packages)\//.test(name) ? `${name}.test.ts` : `test/${name}.test.ts`
    expect(fs.existsSync(path.join(ROOT, file)), file).toBe(true)
  }
})
