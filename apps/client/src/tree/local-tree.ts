import fs from 'node:fs'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { systemFiles, toEntry } from '@ftp/files'
import { fromErrno, isReservedName, printable, TransferError } from '@ftp/protocol'
import { foldersAbove } from '../selection/path-list.ts'
import { isUnfinished } from '../transfer/local/unfinished.ts'
import type { Listed, Tree } from './tree.ts'

/** Whether links are left out, or stand for the files and directories they lead to. */
export type LinkPolicy = 'skip' | 'follow'

/** How many entries are looked at before other work gets its turn. */
const AT_ONCE = 256

/** A local folder. */
export class LocalTree implements Tree {
  readonly #root: string
  readonly #links: LinkPolicy

  constructor(root: string, links: LinkPolicy) {
    this.#root = root
    this.#links = links
  }

  async *list(folder: string): AsyncGenerator<readonly Listed[]> {
    const directory = path.join(this.#root, folder)
    const prefix = path.join(directory, path.sep)
    let page: Listed[] = []
    const look = this.#looker(folder, prefix)
    try {
      for (const name of systemFiles.names(directory)) {
        // A file that a running get is about to name, or that an interrupted one has left, belongs to no
        // tree.
        if (isUnfinished(name)) continue
        page.push(look(name))
        if (page.length < AT_ONCE) continue
        yield page
        page = []
        await setImmediate()
      }
    } catch (error) {
      page.push({ failure: fromErrno(error, `"${printable(directory)}"`) })
    }
    yield page
  }

  /** Looks at the names of one directory, each of which is read once. */
  #looker(folder: string, prefix: string): (name: string) => Listed {
    /** Names with U+FFFD, which may stand for bytes that are not UTF-8: only one of them leads to a file. */
    const replaced = new Set<string>()
    return (name) => {
      const file = prefix + name
      if (!name.includes('\ufffd')) return this.#look(folder, name, file)
      if (replaced.has(name)) return notUtf8(file)
      replaced.add(name)
      return fs.lstatSync(file, { throwIfNoEntry: false }) ? this.#look(folder, name, file) : notUtf8(file)
    }
  }

  #look(folder: string, name: string, file: string): Listed {
    try {
      const entry = toEntry(name, fs.lstatSync(file, { bigint: true }))
      // Files of a server that serves this folder are neither listed nor changed.
      if (name.startsWith('.') && isReservedName(name)) return { ...entry, type: 'other' }
      return entry.type === 'symlink' && this.#links === 'follow' ? this.#follow(folder, name, file) : entry
    } catch (error) {
      return { failure: fromErrno(error, `"${printable(file)}"`) }
    }
  }

  #follow(folder: string, name: string, file: string): Listed {
    const target = fs.statSync(file, { bigint: true, throwIfNoEntry: false })
    if (target === undefined)
      throw new TransferError(
        'not_found',
        `"${printable(file)}" is a link to nothing; remove it, or use --links skip`,
      )
    if (target.isDirectory() && this.#isInside(folder, target))
      throw new TransferError(
        'not_file',
        `"${printable(file)}" is a link to a directory above it; use --links skip, or exclude it`,
      )
    return toEntry(name, target)
  }

  /** Whether a folder is a directory or lies inside it, whichever links lead there. */
  #isInside(folder: string, directory: fs.BigIntStats): boolean {
    return ['', ...foldersAbove(folder), folder].some((above) => {
      const { dev, ino } = fs.statSync(path.join(this.#root, above), { bigint: true })
      return dev === directory.dev && ino === directory.ino
    })
  }
}

function notUtf8(file: string): Listed {
  return { failure: new TransferError('name', `"${printable(file)}": its name is not UTF-8; rename it`) }
}
