import type { Entry } from '@ftp/protocol'
import { folderOf } from './tree.ts'

/**
 * How directories should be at the end. Their times change with whatever is put into them, and their permission bits
 * may let nothing in: both wait until all is done.
 */
export class FolderTimes {
  readonly #wanted = new Map<string, Entry>()
  readonly #changed = new Set<string>()

  /** A directory is as it should be, and has to be so again when something in it has changed. */
  keep(folder: Entry): void {
    this.#wanted.set(folder.name, folder)
  }

  /** A directory is not as it should be. */
  set(folder: Entry): void {
    this.keep(folder)
    this.#changed.add(folder.name)
  }

  /** Something changes in the directory that holds this. */
  changeFolderOf(name: string): void {
    if (name !== '') this.#changed.add(folderOf(name))
  }

  /** Those that are not as they should be, each before the one that holds it. */
  get due(): Entry[] {
    const folders = [...this.#changed].flatMap((name) => this.#wanted.get(name) ?? [])
    return folders.sort((one, other) => depthOf(other.name) - depthOf(one.name))
  }
}

function depthOf(name: string): number {
  return name === '' ? 0 : name.split('/').length
}
