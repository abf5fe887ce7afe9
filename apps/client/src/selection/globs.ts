import { printable, TransferError } from '@ftp/protocol'
import picomatch from 'picomatch'

/** The name and type of an entry in a tree. The name is its path below the root. */
export interface Named {
  readonly name: string
  readonly type: string
}

/** Whether an entry itself matches, regardless of the directories it is in. */
export type Fits = (entry: Named) => boolean

/**
 * Compiles globs as shells and .gitignore understand them: a glob without a slash matches names anywhere in
 * the tree, one with a slash matches paths from its root, and one that ends with a slash matches only
 * directories. `**` crosses directories, including hidden ones.
 * @param option the option that holds the globs, named in errors
 * @param ignoreOption the option for patterns in the syntax of .gitignore, which errors suggest
 * @throws TransferError `usage` if a glob is invalid
 */
export function toGlobs(globs: readonly string[], option: string, ignoreOption: string): Fits {
  const fits = globs.map((glob) => toFits(glob, option, ignoreOption))
  return (entry) => fits.some((each) => each(entry))
}

function toFits(glob: string, option: string, ignoreOption: string): Fits {
  const path = glob.replace(/\/$/, '')
  const isAnchored = path.includes('/')
  const wantsDirectory = path !== glob
  const refuse = (why: string, cause?: unknown): TransferError =>
    new TransferError('usage', `${option} "${printable(glob)}"${why}`, { cause })
  if (/^!(?!\()/.test(glob))
    throw refuse(`: such a pattern cannot begin with !; use the opposite option, or ${ignoreOption}`)
  try {
    const matches = compile(path.replace(/^\//, ''))
    return ({ name, type }) =>
      (!wantsDirectory || type === 'directory') &&
      matches(isAnchored ? name : name.slice(name.lastIndexOf('/') + 1))
  } catch (error) {
    const why = path === '' ? 'it is empty' : printable(TransferError.from(error).message)
    throw refuse(` is no pattern: ${why}; write one like '*.jpg' or 'build/', in quotes`, error)
  }
}

function compile(path: string): (text: string) => boolean {
  return picomatch(path, { dot: true, nonegate: true, strictBrackets: true })
}
