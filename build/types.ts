/*
 * Makes the type declarations of an application that is to be packed: `node ../../build/types.ts` in its folder, after
 * its code has been built. All that its index.ts can name goes into dist/types, and `@ftp/…` with it, since those
 * packages are built into the application and never installed beside it.
 */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

const REPOSITORY = path.resolve(import.meta.dirname, '..')
const OUT = path.resolve('dist/types')
const APPLICATION = path.relative(REPOSITORY, process.cwd())

const config = {
  extends: path.join(REPOSITORY, 'tsconfig.json'),
  compilerOptions: {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: REPOSITORY,
    outDir: OUT,
    // Not through node_modules, of which no declarations are made.
    paths: {
      '@ftp/*': [path.join(REPOSITORY, 'packages/*/src/index.ts')],
      '@ftp/md5/*': [path.join(REPOSITORY, 'packages/md5/src/*.ts')],
    },
    typeRoots: [path.join(REPOSITORY, 'node_modules/@types')],
  },
  include: [path.join(REPOSITORY, 'packages/*/src/*.d.ts')],
  files: [path.resolve('src/index.ts')],
}
const project = path.resolve('dist/tsconfig.json')
fs.writeFileSync(project, JSON.stringify(config))
execFileSync(path.join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', project], { stdio: 'inherit' })
fs.rmSync(project)

const used = new Set<string>()
keep(path.join(OUT, APPLICATION, 'src/index.d.ts'))
for (const name of fs.readdirSync(OUT, { recursive: true, encoding: 'utf8' })) {
  const file = path.join(OUT, name)
  if (name.endsWith('.d.ts') && !used.has(file)) fs.rmSync(file)
}
fs.writeFileSync(path.resolve('dist/index.d.ts'), `export * from './types/${APPLICATION}/src/index.ts'\n`)

/** Keeps a file and all that it imports, by paths that lead to them from there. */
function keep(file: string): void {
  if (used.has(file)) return
  used.add(file)
  const imported = /(from |import\()(['"])(@ftp\/(\w+)(?:\/(\w+))?|\.[^'"]*)\2/g
  const text = fs
    .readFileSync(file, 'utf8')
    .replace(imported, (_, before, quote, name, packed, part = 'index') => {
      const folder = path.dirname(file)
      const target = packed
        ? path.join(OUT, 'packages', packed, 'src', `${part}.ts`)
        : path.resolve(folder, name)
      keep(target.replace(/\.ts$/, '.d.ts'))
      const relative = path.relative(folder, target).replaceAll(path.sep, '/')
      return `${before}${quote}${relative.startsWith('.') ? relative : `./${relative}`}${quote}`
    })
  fs.writeFileSync(file, text)
}
