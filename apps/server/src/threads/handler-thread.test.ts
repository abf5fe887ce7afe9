import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const { dirname } = import.meta
const SOURCE = fs.readFileSync(path.join(dirname, 'handler-thread.ts'), 'utf8')

it('a handler thread loads no HTTP client', () => {
  const imports = SOURCE.match(/^import .*$/gm) ?? []
  expect(imports.length).toBeGreaterThan(20)
  const probe = "console.log(process.moduleLoadList.filter((name) => name.includes('undici')))"
  const program = [...imports, probe].join('\n').replaceAll("from '.", `from '${dirname}/.`)
  const args = ['--input-type=module-typescript', '--eval', program]
  expect(execFileSync(process.execPath, args, { cwd: dirname, encoding: 'utf8' })).toBe('[]\n')
})
