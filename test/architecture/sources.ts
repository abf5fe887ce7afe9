import fs from 'node:fs'
import path from 'node:path'

export const REPOSITORY = path.resolve(import.meta.dirname, '../..')

/** A file of this project and what it imports. */
export interface SourceFile {
  /** Its path in the repository. */
  readonly path: string
  readonly text: string
  readonly isTest: boolean
  /** What it imports: packages by name, files by their path in the repository. */
  readonly imports: readonly string[]
}

const IMPORT = /^(?:import|export)\b[^'"]*?\bfrom '([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import '([^']+)'/gm

/** Every source file below a folder of the repository. */
export function sourcesBelow(folder: string): SourceFile[] {
  const names = fs.readdirSync(path.join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => /\.[jt]sx?$/.test(name) && !/(^|\/)(node_modules|dist)\//.test(name))
  return files.map((name) => readSource(path.join(folder, name)))
}

export function readSource(file: string): SourceFile {
  const text = fs.readFileSync(path.join(REPOSITORY, file), 'utf8')
  // A name with `#` stands for one of the package's own files, which its manifest chooses.
  const imports = importsOf(text)
    .filter((name) => !name.startsWith('#'))
    .map((name) => (name.startsWith('.') ? path.join(path.dirname(file), name) : name))
  return { path: file, text, isTest: /\.(test|contract)\.ts$/.test(file), imports }
}

/** The names in the import and export statements of a text, types and dynamic imports among them. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? '')
}

/** The package that an import is of: `valibot` for `valibot/mini`, `@a/b` for `@a/b/c`. */
export function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}

export interface Manifest {
  /** Its folder in the repository. */
  readonly folder: string
  readonly name: string
  readonly scripts: readonly string[]
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

export function readManifest(folder: string): Manifest {
  const parsed: Partial<Record<keyof Manifest, unknown>> = JSON.parse(
    fs.readFileSync(path.join(REPOSITORY, folder, 'package.json'), 'utf8'),
  )
  return {
    folder,
    name: String(parsed.name),
    scripts: Object.values(texts(parsed.scripts)),
    dependencies: texts(parsed.dependencies),
    devDependencies: texts(parsed.devDependencies),
  }
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, text]) => [key, String(text)]))
}

/** Every program of this repository, and its tests. */
export const FILES = [...sourcesBelow('apps'), ...sourcesBelow('packages')].filter(({ path }) =>
  path.includes('/src/'),
)

/** Every program. */
export const SOURCES = FILES.filter(({ isTest }) => !isTest)
