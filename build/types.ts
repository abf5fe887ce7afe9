/*
 * Makes the type declarations of an application that is to be packed: `node ../../build/types.ts` in its folder, after
 * its code has been built.
 */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

const REPOSITORY = path.resolve(import.meta.dirname, '..')

/**
 * Declares all that the index.ts of an application can name, and `@ftp/…` with it, since those packages are built into
 * the application and never installed beside it.
 * @param application its folder in the repository: `apps/client`
 * @param out a folder for the declarations, by their paths in the repository
 * @returns that of index.ts
 */
export function declareTypes(application: string, out: string): string {
  const config = {
    extends: path.join(REPOSITORY, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: REPOSITORY,
      outDir: out,
      // Not through node_modules, of which no declarations are made.
      paths: {
        '@ftp/*': [path.join(REPOSITORY, 'packages/*/src/index.ts')],
        '@ftp/files/*': [path.join(REPOSITORY, 'packages/files/src/*.ts')],
        '@ftp/md5/*': [path.join(REPOSITORY, 'packages/md5/src/*.ts')],
      },
      typeRoots: [path.join(REPOSITORY, 'node_modules/@types')],
    },
    include: [path.join(REPOSITORY, 'packages/*/src/*.d.ts')],
    files: [path.join(REPOSITORY, application, 'src/index.ts')],
  }
  fs.mkdirSync(out, { recursive: true })
  const project = path.join(out, 'tsconfig.json')
  fs.writeFileSync(project, JSON.stringify(config))
  execFileSync(path.join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', project], { stdio: 'inherit' })
  fs.rmSync(project)

  const index = path.join(out, application, 'src/index.d.ts')
  const used = new Set<string>()
  keep(index, out, used)
  for (const name of fs.readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(out, name)
    if (name.endsWith('.d.ts') && !used.has(file)) fs.rmSync(file)
  }
  return index
}

/** Keeps a file and all that it imports, by paths that lead to them from there. */
function keep(file: string, out: string, used: Set<string>): void {
  if (used.has(file)) return
  used.add(file)
  const imported = /(from |import\()(['"])(@ftp\/(\w+)(?:\/(\w+))?|\.[^'"]*)\2/g
  const declared = fs.readFileSync(file, 'utf8')
  const text = declared.replace(imported, (_, before, quote, name, packed, part = 'index') => {
    const folder = path.dirname(file)
    const target = packed
      ? path.join(out, 'packages', packed, 'src', `${part}.ts`)
      : path.resolve(folder, name)
    keep(target.replace(/\.ts$/, '.d.ts'), out, used)
    const relative = path.relative(folder, target).replaceAll(path.sep, '/')
    return `${before}${quote}${relative.startsWith('.') ? relative : `./${relative}`}${quote}`
  })
  fs.writeFileSync(file, text)
}

if (import.meta.main) {
  const application = path.relative(REPOSITORY, process.cwd())
  declareTypes(application, path.resolve('dist/types'))
  fs.writeFileSync(path.resolve('dist/index.d.ts'), `export * from './types/${application}/src/index.ts'\n`)
}
