import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { REPOSITORY } from './sources.ts'

const DECISIONS = 'docs/decisions'
const read = (page: string): string => fs.readFileSync(path.join(REPOSITORY, page), 'utf8')

const pages = ['README.md', 'CONTRIBUTING.md', 'packages/protocol/PROTOCOL.md', ...below('docs')]
const decisions = fs.readdirSync(path.join(REPOSITORY, DECISIONS)).sort()

function below(folder: string): string[] {
  const names = fs.readdirSync(path.join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.md')).map((name) => path.join(folder, name))
}

/** What a page links to within the repository: file, and heading if the link names one. */
function linksOf(page: string): { readonly file: string; readonly heading: string | undefined }[] {
  return [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(
    ([, target, heading]) => ({
      file: target ? path.join(path.dirname(page), target) : page,
      heading,
    }),
  )
}

/** The anchors that a page's headings get. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

it.each(pages)('%s links only to what there is', (page) => {
  for (const { file, heading } of linksOf(page)) {
    expect(fs.existsSync(path.join(REPOSITORY, file)), file).toBe(true)
    if (heading !== undefined) expect(anchorsOf(file), file).toContain(heading)
  }
})

describe('The decisions', () => {
  it('are numbered from 1 without a gap, each once', () => {
    expect(decisions.map((name) => Number(name.slice(0, 4)))).toEqual(decisions.map((_, index) => index + 1))
  })

  it.each(decisions)('%s has its number, the situation, the choice and the cost, in this order', (name) => {
    const page = read(path.join(DECISIONS, name))
    expect(page).toMatch(new RegExp(`^# ${Number(name.slice(0, 4))}\\. \\S`))
    const parts = [...page.matchAll(/^\*\*(\w+)\.\*\* \S/gm)].map(([, part]) => part)
    expect(parts).toEqual(['Situation', 'Choice', 'Cost'])
    expect(page).not.toMatch(/^#{2,} |^(Situation|Choice|Cost)\b/m)
  })

  it('that supersede others are named by these, and the other way round', () => {
    const pairs = (word: string): [by: string, of: string][] =>
      decisions.flatMap((name) => {
        const page = read(path.join(DECISIONS, name))
        const [paragraph = ''] = new RegExp(`^${word} (?:.+\\n)+`, 'm').exec(page) ?? []
        return [...paragraph.matchAll(/\]\((\d{4}-[\w-]+\.md)\)/g)].map(
          ([, other = '']): [string, string] => [name, other],
        )
      })
    const superseding = pairs('Supersedes')
    expect(superseding.length).toBeGreaterThan(0)
    expect(pairs('Superseded').map(([old, by]) => [by, old])).toEqual(expect.arrayContaining(superseding))
    expect(pairs('Superseded').length).toBe(superseding.length)
  })
})
