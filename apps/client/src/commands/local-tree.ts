import fs from 'node:fs'
import path from 'node:path'
import { fromErrno, printable, type TransferError, toMicroseconds } from '@ftp/protocol'

/** What is somewhere below a local directory. */
export interface LocalEntry {
  /** Path below the directory, its names joined with `/`. */
  readonly name: string
  readonly type: 'file' | 'directory' | 'symlink' | 'other'
  readonly size: number
  /** Microseconds since 1970. */
  readonly mtime: number
}

/** How many names are read at once. */
const AT_ONCE = 256

/**
 * Everything below a local directory, each directory before what is in it; links are not followed.
 * @param onFailure told of what cannot be read; the rest goes on
 */
export async function* walkLocal(
  root: string,
  onFailure: (failure: TransferError) => void,
  below = '',
): AsyncGenerator<LocalEntry> {
  const folder = path.join(root, below)
  const directories: string[] = []
  try {
    for await (const { name } of await fs.promises.opendir(folder, { bufferSize: AT_ONCE })) {
      const entry = look(root, below === '' ? name : `${below}/${name}`, onFailure)
      if (entry === undefined) continue
      if (entry.type === 'directory') directories.push(entry.name)
      yield entry
    }
  } catch (error) {
    onFailure(fromErrno(error, `"${printable(folder)}"`))
  }
  for (const name of directories) yield* walkLocal(root, onFailure, name)
}

function look(
  root: string,
  name: string,
  onFailure: (failure: TransferError) => void,
): LocalEntry | undefined {
  const file = path.join(root, name)
  try {
    const stats = fs.lstatSync(file, { bigint: true })
    const type = stats.isFile()
      ? 'file'
      : stats.isDirectory()
        ? 'directory'
        : stats.isSymbolicLink()
          ? 'symlink'
          : 'other'
    return { name, type, size: stats.isFile() ? Number(stats.size) : 0, mtime: toMicroseconds(stats.mtimeNs) }
  } catch (error) {
    onFailure(fromErrno(error, `"${printable(file)}"`))
    return undefined
  }
}
