import fs from 'node:fs'
import path from 'node:path'
import { partialOf } from './local-file.ts'

/** Names of a folder that are kept; in a fuller one each place is looked at. */
const MOST_NAMES = 10_000

/**
 * Knows where nothing is yet, for files that come folder by folder: one look into each folder instead of several at
 * each place. What appears after it is found again when a file gets its name.
 */
export class FreePlaces {
  #folder: string | undefined
  #names: ReadonlySet<string> | undefined

  /** Whether neither the file is there nor what an earlier attempt has left of it; false also where that is not known. */
  isFree(target: string): boolean {
    const folder = path.dirname(target)
    if (folder !== this.#folder) {
      this.#folder = folder
      this.#names = namesIn(folder)
    }
    const names = this.#names
    if (names === undefined || names.size === 0) return names !== undefined
    return !names.has(path.basename(target)) && !names.has(path.basename(partialOf(target)))
  }
}

function namesIn(folder: string): ReadonlySet<string> | undefined {
  const names = new Set<string>()
  try {
    using directory = fs.opendirSync(folder)
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      if (names.size === MOST_NAMES) return undefined
      names.add(entry.name)
    }
    return names
  } catch {
    // Whoever writes there is told what is wrong.
    return undefined
  }
}
