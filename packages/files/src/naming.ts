import fs from 'node:fs'
import path from 'node:path'
import { collisionKey, errnoOf, portabilityProblem } from '@ftp/protocol'

/** The functions of `FileSystem` that answer questions about names. */
interface Names {
  find(path: string): { readonly ino: bigint; isSymbolicLink(): boolean } | undefined
  names(path: string): Iterable<string>
  spelling(folder: string, name: string): string
}

type NameFiles = Pick<Names, 'find' | 'names'>

/** An alias that Windows gives to a file with a long name, such as `PROGRA~1.TXT`. */
const SHORT_ALIAS = /^(?=[^.]{1,8}(?:\.|$))[^.~]+~[0-9a-z]+(?:\.[^.]{0,3})?$/i

/**
 * Explains why Windows cannot use a name in a folder. An alias is refused because it opens a file whose own name is
 * another one, and a name that looks like an alias because it may become that of another file at any moment.
 */
export function windowsNameProblem(
  files: Pick<Names, 'find' | 'spelling'>,
  folder: string,
  name: string,
): string | undefined {
  const problem = portabilityProblem(name)
  if (problem !== undefined || !SHORT_ALIAS.test(name)) return problem
  const isThere = files.find(path.join(folder, name)) !== undefined
  return isThere && collisionKey(files.spelling(folder, name)) === collisionKey(name)
    ? undefined
    : `"${name}" looks like an alias that Windows gives to other files`
}

/**
 * Implements `FileSystem.spelling` where the system reports the path of an open file, as Windows and macOS do.
 * @param realpath as realpath(3); for a link, it would report the path of what the link leads to
 */
export function spellingByPath(
  files: NameFiles,
  folder: string,
  name: string,
  realpath: (path: string) => string = fs.realpathSync.native,
): string {
  const file = path.join(folder, name)
  const found = files.find(file)
  if (found === undefined) return name
  if (found.isSymbolicLink()) return spellingByListing(files, folder, name)
  try {
    return path.basename(realpath(file))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return name
    throw error
  }
}

/**
 * Implements `FileSystem.spelling` anywhere else. The folder is listed only if it finds the file under a name that
 * nobody has given to it.
 */
export function spellingByListing(files: NameFiles, folder: string, name: string): string {
  const find = (each: string): bigint | undefined => files.find(path.join(folder, each))?.ino
  const other = otherSpelling(name)
  const ino = other === name ? undefined : find(other)
  if (ino === undefined || find(name) !== ino) return name
  const key = collisionKey(name)
  const alike = [...files.names(folder)].filter((each) => collisionKey(each) === key)
  return alike.includes(name) ? name : (alike.find((each) => find(each) === ino) ?? name)
}

/** The same name in other letters, or else in another composition. */
function otherSpelling(name: string): string {
  const swapped = name.replace(/[a-z]/gi, (letter) =>
    letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
  )
  if (swapped !== name) return swapped
  const decomposed = name.normalize('NFD')
  return decomposed === name ? name.normalize('NFC') : decomposed
}
