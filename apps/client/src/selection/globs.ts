import { printable, TransferError } from '@ftp/protocol'
import picomatch from 'picomatch'

/** Something in a tree, as far as a name tells: its path below the root, and what it is. */
export interface Named {
  readonly name: string
  readonly type: string
}

/** Whether something itself fits, whatever it is in. */
export type Fits = (entry: Named) => boolean

/**
 * Globs as shells and .gitignore have them: one without a slash fits names anywhere in the tree, one with a slash
 * paths from its root; a slash at the end wants a directory. `**` goes through directories, hidden ones too.
 * @param option where they come from, for the error; `ignoreOption` is the one for patterns as .gitignore has them
 * @throws TransferError `usage` for one that is none
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
    throw refuse(`: what is not to fit cannot be said with !; take the opposite option, or ${ignoreOption}`)
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
