import fs from 'node:fs'
import path from 'node:path'
import type { IfExists } from '@ftp/protocol'
import { isPartial, partialOf } from './partial-file.ts'

/**
 * The most names of a folder that are kept in memory. In a larger folder, each target is looked up by itself.
 */
const MOST_NAMES = 10_000

/**
 * Knows which targets are free for a file that arrives whole, if files come folder by folder: each folder is
 * read once instead of several look-ups per target. If something appears there later, it is found when the
 * file gets its name.
 */
export class DestinationScan {
  readonly #ifExists: IfExists
  #folder: string | undefined
  #names: ReadonlySet<string> | undefined

  constructor(ifExists: IfExists) {
    this.#ifExists = ifExists
  }

  /**
   * Whether the target is free: there is no link, nothing that an earlier attempt has left, and no file
   * unless it is to be replaced. False also if that is not known.
   */
  isFree(target: string): boolean {
    const folder = path.dirname(target)
    if (folder !== this.#folder) {
      this.#folder = folder
      this.#names = this.#namesIn(folder)
    }
    const names = this.#names
    if (names === undefined || names.size === 0) return names !== undefined
    return !names.has(path.basename(target)) && !names.has(path.basename(partialOf(target)))
  }

  /** The names that may stand in the way. */
  #namesIn(folder: string): ReadonlySet<string> | undefined {
    const names = new Set<string>()
    try {
      using directory = fs.opendirSync(folder)
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        if (this.#ifExists === 'replace' && entry.isFile() && !isPartial(entry.name)) continue
        if (names.size === MOST_NAMES) return undefined
        names.add(entry.name)
      }
      return names
    } catch {
      // Writing to the folder will report what is wrong.
      return undefined
    }
  }
}
