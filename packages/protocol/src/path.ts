import { TransferError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { nameProblem, portabilityProblem, printable } from './names.ts'

/** There, a backslash separates names and a colon opens a drive or a stream: such a name would lead out of any folder. */
const ON_WINDOWS = process.platform === 'win32'

declare const brand: unique symbol

/**
 * A validated path below an account's home: its names from the home down; the home itself has none.
 * The only path type that rights, quota, locks, audit and disk may see.
 */
export type RemotePath = readonly string[] & { readonly [brand]: true }

/**
 * Reads a path as it stands on the wire: names joined by `/`, no leading or trailing `/`; `""` is the home.
 * @throws TransferError `name`
 */
export function parsePath(text: string): RemotePath {
  const names = text === '' ? [] : text.split('/')
  return toPath(names, names, text)
}

/** Writes a path as it stands on the wire. */
export function formatPath(path: RemotePath): string {
  return path.join('/')
}

/**
 * Reads a path as a person types it: a leading `/` is the home, `.` and empty names are skipped, `..` goes up,
 * but not out of the home.
 * @param from the directory that a path without a leading `/` starts at
 * @throws TransferError `name`
 */
export function resolvePath(text: string, from: RemotePath = HOME): RemotePath {
  const names: string[] = text.startsWith('/') ? [] : [...from]
  for (const name of text.split('/')) {
    if (name === '..') {
      if (names.pop() === undefined) {
        throw new TransferError('name', `"${printable(text)}" leads out of your home on the server`)
      }
    } else if (name !== '' && name !== '.') names.push(name)
  }
  return parsePath(names.join('/'))
}

/** A path further down by a name, or by several joined with `/`. @throws TransferError `name` */
export function joinPath(path: RemotePath, name: string): RemotePath {
  const below = name.split('/')
  const names = [...path, ...below]
  return toPath(names, below, names.join('/'))
}

/** The same path with another last name. @throws TransferError `name` */
export function siblingPath(path: RemotePath, name: string): RemotePath {
  return name === (path.at(-1) ?? '') ? path : joinPath(parentPath(path), name)
}

/** The directory that a path is in; of the home the home itself. */
export function parentPath(path: RemotePath): RemotePath {
  return brandPath(path.slice(0, -1))
}

/**
 * Refuses names that should not be created (see portabilityProblem). Existing files may have them.
 * @throws TransferError `name`
 */
export function requirePortable(path: RemotePath): void {
  for (const name of path) reject(path, portabilityProblem(name))
}

/** The account's home. */
export const HOME: RemotePath = brandPath([])

/**
 * @param names an array that nobody else changes
 * @param unchecked those of the names that have to be checked
 * @param text the names, as on the wire
 */
function toPath(names: readonly string[], unchecked: readonly string[], text: string): RemotePath {
  if (Buffer.byteLength(text) > LIMITS.path)
    throw new TransferError('name', `a path is longer than ${LIMITS.path} bytes`)
  if (names.length > LIMITS.pathDepth)
    throw new TransferError('name', `a path has more than ${LIMITS.pathDepth} names`)
  for (const name of unchecked)
    reject(names, nameProblem(name) ?? (ON_WINDOWS ? portabilityProblem(name) : undefined))
  return brandPath(names)
}

function reject(names: readonly string[], problem: string | undefined): void {
  if (problem !== undefined) throw new TransferError('name', `"${printable(names.join('/'))}": ${problem}`)
}

/** @param names an array that nobody else has */
function brandPath(names: readonly string[]): RemotePath {
  // The one place where the brand is given: names have been checked, or there are none.
  return Object.freeze(names) as RemotePath
}
