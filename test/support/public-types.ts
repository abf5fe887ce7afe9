import fs from 'node:fs'
import path from 'node:path'

/**
 * The declarations of everything that a module exports, in the order of its export statements and without
 * private parts: the part that programs see and must be able to rely on.
 * @param file a .d.ts file
 */
export function publicTypes(file: string): string {
  return exportsOf(file)
    .map(({ name, from }) => {
      const declaration = declarationOf(name, from)
      if (declaration === '') throw new Error(`nothing declares ${name}`)
      return declaration
    })
    .join('\n')
}

interface Exported {
  readonly name: string
  readonly from: string
}

function exportsOf(file: string): Exported[] {
  const all = fs.readFileSync(file, 'utf8').matchAll(/^export (?:type )?\{([^}]*)\} from ['"]([^'"]*)['"]/gm)
  return [...all].flatMap(([, names = '', module = '']) =>
    names
      .split(',')
      .map((name) => name.replace(/^\s*type /, '').trim())
      .filter((name) => name !== '')
      .map((name) => ({ name, from: moduleOf(file, module) })),
  )
}

function declarationOf(name: string, file: string): string {
  const text = fs.readFileSync(file, 'utf8')
  const start = new RegExp(
    `^export (?:declare )?(?:abstract )?(?:class|interface|type|const|function) ${name}\\b`,
    'm',
  ).exec(text)
  if (start !== null) return `${commentBefore(text, start.index)}${bodyAt(text, start.index)}\n`
  for (const [, module = ''] of text.matchAll(/^export (?:type )?\* from ['"]([^'"]*)['"]/gm)) {
    const found = declarationOf(name, moduleOf(file, module))
    if (found !== '') return found
  }
  const again = exportsOf(file).find((exported) => exported.name === name)
  return again === undefined ? '' : declarationOf(name, again.from)
}

function moduleOf(file: string, module: string): string {
  return path.resolve(path.dirname(file), module.replace(/\.ts$/, '.d.ts'))
}

/**
 * The declaration at this position. It ends with the first line that ends in `;` or `}` and leaves no bracket
 * open.
 */
function bodyAt(text: string, start: number): string {
  const lines: string[] = []
  let open = 0
  for (const line of text.slice(start).split('\n')) {
    if (!/^\s*(#private;|private )/.test(line)) lines.push(line)
    open += line.match(/[{(]/g)?.length ?? 0
    open -= line.match(/[})]/g)?.length ?? 0
    if (open === 0 && /[;}]$/.test(line)) break
  }
  return lines.join('\n')
}

function commentBefore(text: string, end: number): string {
  return /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n$/.exec(text.slice(0, end))?.[0] ?? ''
}
