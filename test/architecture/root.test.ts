import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { REPOSITORY } from './sources.ts'

/** What a visitor sees first. Whoever adds to it says here that it belongs there. */
const ROOT = [
  '.ci',
  '.gitignore',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'apps',
  'biome.json',
  'build',
  'docs',
  'package.json',
  'packages',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'storage',
  'test',
  'tsconfig.json',
  'vitest.config.ts',
]
/** What a profiler, an editor or a run of the programs leaves behind. */
const LEFTOVER =
  /(^|\/)(isolate-.*\.log|.*\.(cpuprofile|heapprofile|heapsnapshot|tgz|orig|rej|swp)|\.DS_Store)$/

function tracked(): string[] {
  const names = execFileSync('git', ['ls-files', '-z'], { cwd: REPOSITORY, encoding: 'utf8' })
  return names.split('\0').filter((name) => name !== '')
}

it('the root of the repository holds what it should, and nothing else', () => {
  const names = tracked().map((name) => name.split('/')[0] ?? '')
  expect([...new Set(names)].sort()).toEqual(ROOT)
})

it('no file of the repository is a leftover', () => {
  expect(tracked().filter((name) => LEFTOVER.test(name))).toEqual([])
})
