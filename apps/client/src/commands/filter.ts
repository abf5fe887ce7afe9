import fs from 'node:fs'
import { fromErrno, printable } from '@ftp/protocol'
import ignore from 'ignore'

/** Which part of a tree is meant. */
export interface FilterOptions {
  readonly exclude?: readonly string[]
  readonly excludeFrom?: string
}

/** Whether something below the root of a tree takes part. */
export type Filter = (entry: { readonly name: string; readonly type: string }) => boolean

/**
 * Patterns are those of gitignore: `*.tmp`, `/build/`, `!keep.tmp`; the last that fits decides, and what is in an
 * excluded directory is excluded with it.
 * @throws TransferError when the file with patterns cannot be read
 */
export function toFilter({ exclude = [], excludeFrom }: FilterOptions): Filter {
  const patterns = ignore()
  if (excludeFrom !== undefined) patterns.add(read(excludeFrom))
  patterns.add(exclude)
  return ({ name, type }) => !patterns.ignores(type === 'directory' ? `${name}/` : name)
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw fromErrno(error, `"${printable(file)}"`)
  }
}
