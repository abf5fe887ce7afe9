import { numberOf, recordOf, textOf } from './parse.ts'

export type EntryType = 'file' | 'folder' | 'other'

/** A file or folder as the server lists it. */
export interface Entry {
  readonly name: string
  readonly type: EntryType
  /** In bytes; of no meaning for folders. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly time: number
  /** 32 hex digits, if the server knows it without reading the file. */
  readonly md5: string | undefined
}

/** @returns undefined if the value is not an entry */
export function parseEntry(value: unknown): Entry | undefined {
  const { name, type, size, mtime, md5 } = recordOf(value)
  if (typeof name !== 'string' || name === '') return undefined
  return {
    name,
    type: type === 'file' ? 'file' : type === 'directory' ? 'folder' : 'other',
    size: numberOf(size) ?? 0,
    time: Math.floor((numberOf(mtime) ?? 0) / 1_000),
    md5: textOf(md5) || undefined,
  }
}
