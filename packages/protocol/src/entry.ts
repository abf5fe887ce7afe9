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
