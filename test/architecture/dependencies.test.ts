import fs from 'node:fs'
import path from 'node:path'
import { VERSION } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { type Manifest, packageOf, REPOSITORY, readManifest, readSource, sourcesBelow } from './sources.ts'

/** Packages that a script runs under another name. */
const COMMANDS: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'biome',
  assemblyscript: 'asc',
  typescript: 'tsc',
}

const FOLDERS = [
  '.',
  'apps/client',
  'apps/server',
  'apps/web',
  'packages/files',
  'packages/md5',
  'packages/protocol',
  'packages/terminal',
  'test',
]
const MANIFESTS = FOLDERS.map(readManifest)

/** `name: version` for each package of the catalog. */
function catalog(): Record<string, string> {
  const text = fs.readFileSync(path.join(REPOSITORY, 'pnpm-workspace.yaml'), 'utf8')
  const [, section = ''] = /^catalog:\n((?: {2}.*\n)+)/m.exec(text) ?? []
  const lines = [...section.matchAll(/^ {2}"?([^":]+)"?: (\S+)$/gm)]
  return Object.fromEntries(lines.map(([, name = '', version = '']) => [name, version]))
}

function dependenciesOf({ dependencies, devDependencies }: Manifest): Record<string, string> {
  return { ...dependencies, ...devDependencies }
}

/** The packages that the files of a folder import. */
function importedIn(folder: string, tests: boolean): Set<string> {
  const configs = fs
    .readdirSync(path.join(REPOSITORY, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readSource(path.join(folder, name)))
  const inside = folder === '.' ? [] : sourcesBelow(folder === 'test' ? 'test' : path.join(folder, 'src'))
  const files = tests ? [...inside, ...configs] : inside.filter(({ isTest }) => !isTest)
  const names = files
    .flatMap(({ imports }) => imports)
    .filter((name) => !/^(node:|apps\/|build\/|packages\/|test\/)/.test(name))
  return new Set(names.map(packageOf))
}

describe('the dependencies', () => {
  it.each(MANIFESTS.map((manifest) => [manifest.name, manifest] as const))(
    'of %s are all used',
    (_, manifest) => {
      const imported = importedIn(manifest.folder, true)
      const words = new Set(manifest.scripts.flatMap((script) => script.split(/\s+/)))
      const unused = Object.keys(dependenciesOf(manifest)).filter((name) => {
        const typed = name.startsWith('@types/') ? name.slice('@types/'.length) : undefined
        if (typed !== undefined) return typed !== 'node' && !imported.has(typed)
        return !imported.has(name) && !words.has(COMMANDS[name] ?? name)
      })
      expect(unused).toEqual([])
    },
  )

  it.each(MANIFESTS.map((manifest) => [manifest.name, manifest] as const))(
    'of %s are all declared',
    (_, manifest) => {
      const declared = new Set([...Object.keys(dependenciesOf(manifest)), manifest.name, 'vitest'])
      expect([...importedIn(manifest.folder, true)].filter((name) => !declared.has(name))).toEqual([])
    },
  )

  it('that a published program imports are installed with it; those of this project are built into it', () => {
    for (const folder of ['apps/client', 'apps/server']) {
      const { dependencies } = readManifest(folder)
      const imported = [...importedIn(folder, false)].filter((name) => !name.startsWith('@ftp/'))
      expect(Object.keys(dependencies).sort(), folder).toEqual(imported.sort())
    }
  })
})

describe('the versions', () => {
  it('are written in the catalog and nowhere else', () => {
    for (const manifest of MANIFESTS) {
      for (const [name, version] of Object.entries(dependenciesOf(manifest)))
        expect(version, `${name} in ${manifest.folder}`).toBe(
          name.startsWith('@ftp/') ? 'workspace:*' : 'catalog:',
        )
    }
  })

  it('of the project itself are one, which the programs show', () => {
    const written = FOLDERS.map((folder) => {
      const manifest: { version?: unknown } = JSON.parse(
        fs.readFileSync(path.join(REPOSITORY, folder, 'package.json'), 'utf8'),
      )
      return manifest.version
    })
    expect(new Set(written)).toEqual(new Set([VERSION]))
  })

  it('are exact, each of a package that somebody depends on', () => {
    const depended = new Set(MANIFESTS.flatMap((manifest) => Object.keys(dependenciesOf(manifest))))
    const versions = catalog()
    expect(Object.keys(versions).length).toBeGreaterThan(10)
    for (const [name, version] of Object.entries(versions)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
      expect(depended, name).toContain(name)
    }
  })
})
