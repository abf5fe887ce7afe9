import { TransferError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { nameProblem, portabilityProblem, printable } from './names.ts'

declare const brand: unique symbol

/**
 * A validated path: its names, beginning below the account's home. The path of the home itself has no names.
 * Rights, quota, locks, audit and disk use no other type of path.
 */
export type RemotePath = readonly string[] & { readonly [brand]: true }

/**
 * Parses a path as on the wire: names separated by `/`, without `/` at the beginning or end; `""` is the
 * home.
 * @throws TransferError `name`
 */
export function parsePath(text: string): RemotePath {
  const names = text === '' ? [] : text.split('/')
  return toPath(names, names, text)
}

/** Formats a path as on the wire. */
export function formatPath(path: RemotePath): string {
  return path.join('/')
}

/**
 * Parses a path as people type it: a leading `/` stands for the home, `.` and empty names are skipped, and
 * `..` goes up, but not beyond the home.
 * @param from the directory to which a path without a leading `/` is relative
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

/**
 * A path that never goes over the wire, for example one that begins at the server's root and leads through a home:
 * unlike any other, it may be longer and deeper than {@link LIMITS} permits.
 * @throws TransferError `name`
 */
export function localPath(names: readonly string[]): RemotePath {
  requireNames(names, names)
  return brandPath([...names])
}

/** Appends a name to a path, or several names separated by `/`. @throws TransferError `name` */
export function joinPath(path: RemotePath, name: string): RemotePath {
  const below = name.split('/')
  const names = [...path, ...below]
  return toPath(names, below, names.join('/'))
}

/** Replaces the last name of a path. @throws TransferError `name` */
export function siblingPath(path: RemotePath, name: string): RemotePath {
  return name === (path.at(-1) ?? '') ? path : joinPath(parentPath(path), name)
}

/** The directory that contains the path; for the home, the home itself. */
export function parentPath(path: RemotePath): RemotePath {
  return brandPath(path.slice(0, -1))
}

/**
 * Refuses names that should not be created (see portabilityProblem). Existing files may have such names.
 * @throws TransferError `name`
 */
export function requirePortable(path: RemotePath): void {
  for (const name of path) reject(path, portabilityProblem(name))
}

/** The account's home. */
export const HOME: RemotePath = brandPath([])

/**
 * @param names an array that nobody else modifies
 * @param unchecked the names that have to be checked
 * @param text all names, as on the wire
 */
function toPath(names: readonly string[], unchecked: readonly string[], text: string): RemotePath {
  if (Buffer.byteLength(text) > LIMITS.path)
    throw new TransferError('name', `${quotePath(text)}: a path is longer than ${LIMITS.path} bytes`)
  if (names.length > LIMITS.pathDepth)
    throw new TransferError('name', `${quotePath(text)}: a path has more than ${LIMITS.pathDepth} names`)
  requireNames(names, unchecked)
  return brandPath(names)
}

/** A path for a message, in quotes and printable; of a long one, the beginning and the end. */
export function quotePath(text: string): string {
  const short = text.length <= 200 ? text : `${text.slice(0, 100)}…${text.slice(-100)}`.toWellFormed()
  return `"${printable(short)}"`
}

function requireNames(names: readonly string[], unchecked: readonly string[]): void {
  for (const name of unchecked) reject(names, nameProblem(name))
}

function reject(names: readonly string[], problem: string | undefined): void {
  if (problem !== undefined) throw new TransferError('name', `"${printable(names.join('/'))}": ${problem}`)
}

/** @param names an array to which nobody else has a reference */
function brandPath(names: readonly string[]): RemotePath {
  // The brand is given only here: the names have been checked, or there are none.
  return Object.freeze(names) as RemotePath
}
