import { isCount, isHex, isInteger, isMode, isText } from './fields.ts'

export type EntryType = 'file' | 'directory' | 'symlink' | 'other'

/** One file or directory as the server shows it. */
export interface Entry {
  /** The name or, in a listing, the path relative to the listed directory. */
  readonly name: string
  readonly type: EntryType
  readonly size: number
  readonly mtime: number
  /** Permission bits, 0 to 0o777; absent if the file system has none, as on Windows. */
  readonly mode?: number | undefined
  /** The MD5 of the content, if the server knows it without reading the file. */
  readonly md5?: string | undefined
}

export const NO_ENTRY = 'an entry of a directory is not as it should be'

/**
 * Reads the fields that this version knows; undefined if the value is not an entry. Written by hand, because
 * a listing may contain a million entries.
 */
export function readEntry(value: unknown): Entry | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, type, size, mtime, mode, md5 }: { readonly [K in keyof Entry]?: unknown } = value
  if (!isText(name) || !isEntryType(type) || !isCount(size) || !isInteger(mtime)) return undefined
  if ((mode !== undefined && !isMode(mode)) || (md5 !== undefined && !isHex(md5))) return undefined
  const entry = mode === undefined ? { name, type, size, mtime } : { name, type, size, mtime, mode }
  return md5 === undefined ? entry : { ...entry, md5 }
}

function isEntryType(value: unknown): value is EntryType {
  return value === 'file' || value === 'directory' || value === 'symlink' || value === 'other'
}

/** Converts the result of stat(2) to a type of the protocol. */
export function entryTypeOf(stats: {
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
}): EntryType {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}
