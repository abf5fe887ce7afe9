import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { REPOSITORY } from './sources.ts'

const read = (name: string): string => fs.readFileSync(path.join(REPOSITORY, name), 'utf8')

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...below('docs'),
  'packages/protocol/PROTOCOL.md',
  'storage/README.md',
]
const TEXT = PAGES.map(read).join('\n')
const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'))

/** Each script that the documentation names: the test that runs it, and where it does. */
const RUN_BY: Readonly<Record<string, readonly [test: string, line: string]>> = {
  bench: ['test/checkout/scripts.test.ts', 'PNPM} bench'],
  build: ['test/checkout/packages.test.ts', 'installing}`)'],
  'ftp-client': ['test/checkout/first-minutes.test.ts', 'PNPM} ftp-client'],
  'ftp-server': ['test/checkout/first-minutes.test.ts', 'PNPM} ftp-server'],
  start: ['test/checkout/first-minutes.test.ts', 'start} --port 0'],
  test: ['test/checkout/first-minutes.test.ts', 'npm test -- '],
  torture: ['test/checkout/scripts.test.ts', 'PNPM} torture'],
}
/** Programs of the repository that it names; what three of them show, a person has to judge. */
const PROGRAMS: Readonly<Record<string, string | undefined>> = {
  'test/bench/one-transfer.ts': 'test/checkout/scripts.test.ts',
  'test/demo/first-minutes.ts': undefined,
  'test/demo/record.sh': undefined,
  'test/demo/screenshots.ts': undefined,
}

function below(folder: string): string[] {
  const names = fs.readdirSync(path.join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.md')).map((name) => path.join(folder, name))
}

function namedIn(pattern: RegExp): string[] {
  return [...new Set([...TEXT.matchAll(pattern)].map(([, name = '']) => name))].sort()
}

describe('The documentation', () => {
  it('names only scripts that there are, each of which a test runs', () => {
    const own = /(?:pnpm(?:@[\d.]+)?|npm(?: run)?) (?!install\b|uninstall\b|pack\b|run\b)([a-z][\w-]*)/g
    expect(namedIn(own)).toEqual(Object.keys(RUN_BY))
    for (const [script, [test, line]] of Object.entries(RUN_BY)) {
      expect(scripts).toHaveProperty(script)
      expect(read(test), script).toContain(line)
    }
  })

  it('names only programs that there are, most of which a test runs', () => {
    expect(namedIn(/((?:test\/(?:bench|demo|load|torture)|build)\/[\w-]+\.\w+)/g)).toEqual(
      Object.keys(PROGRAMS),
    )
    for (const [program, test] of Object.entries(PROGRAMS)) {
      expect(fs.existsSync(path.join(REPOSITORY, program)), program).toBe(true)
      if (test !== undefined) expect(read(test)).toContain(program)
    }
  })

  it('names one version of pnpm, as do all programs and the continuous integration', () => {
    const sources = [
      '.ci/run',
      'build/install.cjs',
      'apps/server/src/commands/banner.ts',
      'test/demo/first-minutes.ts',
    ]
    const named = [TEXT, ...sources.map(read)].flatMap((text) => [...text.matchAll(/pnpm@([\d.]+\.[\d.]+)/g)])
    expect(named.length).toBeGreaterThan(10)
    expect(new Set(named.map(([, version]) => version))).toEqual(new Set(['12.21.0']))
    // Only a version that is exact is run without a question each time.
    expect(TEXT.match(/npx (?!--yes pnpm@\d+\.\d+\.\d+[ `])/g)).toBeNull()
  })
})

describe('The continuous integration', () => {
  const script = read('.ci/run')

  it('runs the test command of the README', () => {
    const [test = ''] = /npx [^`]* test(?=` installs everything)/.exec(read('README.md')) ?? []
    expect(script).toContain(`\npart test ${test}\n`)
  })

  it('runs every folder of tests that this command leaves out', () => {
    const [, names = ''] = /APART = \[(.*)\]/.exec(read('vitest.config.ts')) ?? []
    const folders = [...names.matchAll(/'(.*?)'/g)].map(([, name = '']) => name)
    expect(folders).toContain('checkout')
    for (const name of folders.filter((name) => fs.existsSync(path.join(REPOSITORY, 'test', name))))
      expect(script).toContain(`\npart ${name} project ${name}`)
  })
})

it('what a machine starts with its own Node.js, of whatever age, is written in the oldest JavaScript', () => {
  const files = ['build/install.cjs', 'apps/client/bin/ftp-client.js', 'apps/server/bin/ftp-server.js']
  for (const file of files) {
    const code = read(file).replaceAll(/\/\*.*?\*\/|^\s*\/\/.*$/gms, '')
    expect(code, file).not.toMatch(/\b(const|let|class|async|await)\b|=>|`|\?\?|\?\.|'node:/)
  }
})
