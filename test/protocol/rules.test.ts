import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

/*
 * Every rule of PROTOCOL.md is held by a test whose title begins with the rule's id, and every id that a title
 * begins with is a rule. What could silently go wrong: a rule that nobody tests, a test of a rule that was removed,
 * a test that is skipped but still counts. All three fail here.
 */

const ROOT = path.join(import.meta.dirname, '..', '..')
const PAGE = path.join(ROOT, 'packages', 'protocol', 'PROTOCOL.md')

/** A title such as `'P-1.2, P-3.4: a sentence'`, as the first argument of a call. */
const TITLE = /(\.(?:skip|todo|fails|skipIf|runIf)\b[^\n]*)?\(\s*(['"`])(P-\d+\.\d+(?:, P-\d+\.\d+)*): \S/g
const IDS = /P-\d+\.\d+/g

/** The rules: list items that begin with an id in bold. */
function rulesOf(page: string): string[] {
  return [...page.matchAll(/^- \*\*(P-\d+\.\d+)\*\* \S/gm)].map(([, id = '']) => id)
}

/** The ids that the titles of a test file begin with; those of tests that do not run do not count. */
function citedIn(source: string): string[] {
  return [...source.matchAll(TITLE)].flatMap(([, skipped, , ids = '']) =>
    skipped === undefined ? (ids.match(IDS) ?? []) : [],
  )
}

function testFiles(): string[] {
  return ['packages', 'apps', 'test'].flatMap((folder) =>
    fs
      .globSync('**/*.test.ts', { cwd: path.join(ROOT, folder), exclude: (name) => name === 'node_modules' })
      .map((file) => path.join(ROOT, folder, file)),
  )
}

const rules = rulesOf(fs.readFileSync(PAGE, 'utf8'))
const cited = new Map<string, string[]>()
for (const file of testFiles()) {
  if (file === import.meta.filename) continue
  for (const id of citedIn(fs.readFileSync(file, 'utf8')))
    cited.set(id, [...(cited.get(id) ?? []), path.relative(ROOT, file)])
}

describe('the rules of PROTOCOL.md', () => {
  it('are many, each with its own id, in order within their section', () => {
    expect(rules.length).toBeGreaterThan(70)
    expect(new Set(rules).size).toBe(rules.length)
    const sorted = rules.toSorted((a, b) => section(a) - section(b) || number(a) - number(b))
    expect(rules).toEqual(sorted)
  })

  it('stand in the section that their id names', () => {
    const headings = fs.readFileSync(PAGE, 'utf8').split(/^## (\d+) /m)
    for (let i = 1; i < headings.length; i += 2) {
      for (const id of rulesOf(headings[i + 1] ?? '')) expect(section(id), id).toBe(Number(headings[i]))
    }
  })

  it('are referred to only where they exist', () => {
    const mentioned = new Set(fs.readFileSync(PAGE, 'utf8').match(IDS))
    expect([...mentioned].filter((id) => !rules.includes(id))).toEqual([])
  })

  it('are all cited by a test', () => {
    expect(rules.filter((id) => !cited.has(id))).toEqual([])
  })

  it('are the only ones that tests cite', () => {
    const unknown = [...cited].filter(([id]) => !rules.includes(id))
    expect(unknown).toEqual([])
  })
})

describe('finding citations', () => {
  it('counts titles of tests that run, and nothing else', () => {
    expect(citedIn(`it('P-1.2, P-3.4: works', () => {})`)).toEqual(['P-1.2', 'P-3.4'])
    expect(citedIn(`it.each([1])(\n  'P-1.2: works %i', () => {})`)).toEqual(['P-1.2'])
    expect(citedIn(`it.each([1])("P-1.2: works", () => {})`)).toEqual(['P-1.2'])
    for (const source of [
      `it.skip('P-1.2: works')`,
      `it.todo('P-1.2: works')`,
      `it.fails('P-1.2: works')`,
      `it.skip.each([1])('P-1.2: works')`,
      `// P-1.2: works`,
      `const text = 'P-1.2: works'`,
      `it('works as P-1.2 says')`,
      `it('P-1.2')`,
    ])
      expect(citedIn(source), source).toEqual([])
  })

  it('finds rules where they are defined, not where they are mentioned', () => {
    expect(rulesOf('- **P-1.2** A rule (P-1.1).\n  See **P-1.3** too.\n- P-1.4 is not one.')).toEqual([
      'P-1.2',
    ])
  })
})

function section(id: string): number {
  return Number(/P-(\d+)/.exec(id)?.[1])
}

function number(id: string): number {
  return Number(/\.(\d+)/.exec(id)?.[1])
}
