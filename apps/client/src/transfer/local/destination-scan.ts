import fs from 'node:fs'
import path from 'node:path'
import type { IfExists } from '@ftp/protocol'
import { isPartial, partialOf } from './partial-file.ts'

/** Names of a folder that are kept; in one with more of them each place is looked at. */
const MOST_NAMES = 10_000

/**
 * Knows where nothing stands in the way of a file that comes whole, for files that come folder by folder: one look into
 * each folder instead of several at each place. What appears after it is found again when a file gets its name.
 */
export class DestinationScan {
  readonly #ifExists: IfExists
  #folder: string | undefined
  #names: ReadonlySet<string> | undefined

  constructor(ifExists: IfExists) {
    this.#ifExists = ifExists
  }

  /**
   * Whether neither a file is there, other than one that is to be replaced, nor a link or what an earlier attempt has
   * left; false also where that is not known.
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

  /** What may stand in the way. */
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
      // Writing there will say what is wrong.
      return undefined
    }
  }
}
