import { TransferError } from '@ftp/protocol'
import picomatch from 'picomatch'
import type { Name } from '../completion/candidates.ts'

/**
 * The names that match a pattern, in order.
 * @param list returns the entries of a directory, which is named as in the pattern; `''` is the directory at
 *   which relative names begin
 * @throws TransferError `not_found` if nothing matches
 */
export async function expand(
  pattern: string,
  list: (directory: string) => Promise<readonly Name[]>,
): Promise<string[]> {
  let found = [pattern.startsWith('/') ? '/' : '']
  const segments = pattern.split('/').filter((segment) => segment !== '')
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    const next: string[] = []
    for (const directory of found) {
      if (/(?<!\\)[*?[]/.test(segment)) {
        const names = await listed(list, directory)
        const fits = compile(segment)
        const fit = names.filter(({ name, isDirectory }) => (isLast || isDirectory) && fits(name))
        next.push(...fit.map(({ name }) => directory + name).sort())
      } else next.push(directory + segment.replace(/\\(.)/gsu, '$1'))
    }
    found = isLast ? next : next.map((name) => `${name}/`)
  }
  if (found.length === 0) throw new TransferError('not_found', `nothing matches "${pattern}"`)
  // A name must not be mistaken for an option.
  return found.map((name) => (name.startsWith('-') ? `./${name}` : name))
}

async function listed(
  list: (directory: string) => Promise<readonly Name[]>,
  directory: string,
): Promise<readonly Name[]> {
  try {
    return await list(directory)
  } catch (error) {
    if (['not_found', 'not_directory'].includes(TransferError.from(error).code)) return []
    throw error
  }
}

/**
 * Compiles a pattern from the lexer: `*` matches any characters, `?` one character, `[a-z]` and `[!a-z]` one
 * of a set.
 */
export function compile(pattern: string): (name: string) => boolean {
  // As in other shells, hidden names match only a pattern that begins with a dot.
  const dot = pattern.startsWith('.')
  return picomatch(pattern, {
    dot,
    nobrace: true,
    noextglob: true,
    nonegate: true,
    posix: true,
    fastpaths: false,
    flags: 'su',
  })
}
