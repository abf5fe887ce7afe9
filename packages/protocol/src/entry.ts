import { isCount, isHex, isInteger, isMode, isText } from './fields.ts'

export type EntryType = 'file' | 'directory' | 'symlink' | 'other'

/** One file or directory as the server shows it. */
export interface Entry {
  /** Its name; in a listing, relative to the listed directory. */
  readonly name: string
  readonly type: EntryType
  readonly size: number
  readonly mtime: number
  /** Permission bits, 0 to 0o777. */
  readonly mode: number
  /** The MD5 of the content, where the server knows it without reading. */
  readonly md5?: string | undefined
}

export const NO_ENTRY = 'an entry of a directory is not as it should be'

/** What this version knows of an entry; undefined if it is not one. By hand: a listing may have a million. */
export function readEntry(value: unknown): Entry | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, type, size, mtime, mode, md5 }: { readonly [K in keyof Entry]?: unknown } = value
  if (!isText(name) || !isEntryType(type) || !isCount(size) || !isInteger(mtime) || !isMode(mode))
    return undefined
  if (md5 === undefined) return { name, type, size, mtime, mode }
  return isHex(md5) ? { name, type, size, mtime, mode, md5 } : undefined
}

function isEntryType(value: unknown): value is EntryType {
  return value === 'file' || value === 'directory' || value === 'symlink' || value === 'other'
}

/** What stat(2) has found, in the words of the protocol. */
export function entryTypeOf(stats: {
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
}): EntryType {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}
