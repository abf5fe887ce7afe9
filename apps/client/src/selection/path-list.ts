import { printable, TransferError } from '@ftp/protocol'
import type { Named } from './globs.ts'

/** Paths below the root of a tree that were requested: files, and directories with everything in them. */
export class PathList {
  /** The requested paths that have not been seen. */
  readonly #unseen: Set<string>
  readonly #asked: ReadonlySet<string>
  readonly #above: ReadonlySet<string>

  /**
   * @param option the option that holds the paths, named in errors
   * @throws TransferError `usage` if a path leads out of the tree
   */
  constructor(paths: readonly string[], option: string) {
    const asked = paths.map((path) => below(path, option))
    this.#asked = new Set(asked)
    this.#unseen = new Set(asked)
    this.#above = new Set(asked.flatMap(foldersAbove))
  }

  /** Whether an entry was requested, or is in a directory that was. Marks it as seen. */
  has({ name }: Named): boolean {
    this.#unseen.delete(name)
    return (
      this.#asked.has('') || this.#asked.has(name) || foldersAbove(name).some((one) => this.#asked.has(one))
    )
  }

  /** Whether something in this directory was requested. */
  leadsTo(folder: string): boolean {
    return this.#above.has(folder)
  }

  /** The requested paths that {@link has} has not been asked about. */
  get unseen(): string[] {
    return [...this.#unseen].filter((name) => name !== '')
  }
}

/** The directories that an entry is in, except for the root. */
export function foldersAbove(name: string): string[] {
  const folders: string[] = []
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) folders.push(name.slice(0, at))
  return folders
}

function below(path: string, option: string): string {
  const names = path.split('/').filter((name) => name !== '.' && name !== '')
  if (!path.startsWith('/') && !names.includes('..')) return names.join('/')
  throw new TransferError(
    'usage',
    `${option}: "${printable(path)}" leads out of the directory; write paths relative to it, like a/b.txt`,
  )
}
