import type { Entry } from '@ftp/protocol'
import { folderOf } from './tree.ts'

/**
 * The times and permission bits that directories should have in the end. A directory's time changes with
 * everything that is put into it, and its permission bits may forbid putting anything into it, so both are
 * set last.
 */
export class FolderTimes {
  readonly #wanted = new Map<string, Entry>()
  readonly #changed = new Set<string>()

  /** Records a directory that is as it should be, so that it can be restored if something in it changes. */
  keep(folder: Entry): void {
    this.#wanted.set(folder.name, folder)
  }

  /** Records a directory that is not as it should be. */
  set(folder: Entry): void {
    this.keep(folder)
    this.#changed.add(folder.name)
  }

  /** Records that something changes in the directory that holds this entry. */
  changeFolderOf(name: string): void {
    if (name !== '') this.#changed.add(folderOf(name))
  }

  /** The directories that are not as they should be, each before the one that holds it. */
  get due(): Entry[] {
    const folders = [...this.#changed].flatMap((name) => this.#wanted.get(name) ?? [])
    return folders.sort((one, other) => depthOf(other.name) - depthOf(one.name))
  }
}

function depthOf(name: string): number {
  return name === '' ? 0 : name.split('/').length
}
