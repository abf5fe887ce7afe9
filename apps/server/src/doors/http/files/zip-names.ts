import { collisionKey, namesFor, portabilityProblem } from '@ftp/protocol'

/**
 * Gives each entry of an archive a name that every system can unpack: characters that Windows does not store
 * are replaced, and no two names are the same to any file system.
 */
export class ZipNames {
  readonly #taken = new Set<string>()
  /** The names that directories have been given, by their paths. */
  readonly #directories = new Map<string, string>()
  /** How many names have been tried for entries that wanted the same one, by its key. */
  readonly #tried = new Map<string, number>()

  /** @param path relative to the top of the archive; its parent directories must have been named before */
  nameOf(path: string, isDirectory: boolean): string {
    const slash = path.lastIndexOf('/')
    const parent = slash === -1 ? '' : path.slice(0, slash)
    const prefix = slash === -1 ? '' : `${this.#directories.get(parent) ?? parent}/`
    const name = prefix + this.#free(prefix, portable(path.slice(slash + 1)))
    if (isDirectory && name !== path) this.#directories.set(path, name)
    return name
  }

  #free(prefix: string, wanted: string): string {
    const wantedKey = collisionKey(prefix + wanted)
    let tried = this.#tried.get(wantedKey) ?? 0
    for (const name of namesFor(wanted, 'rename', tried)) {
      tried++
      const key = collisionKey(prefix + name)
      if (this.#taken.has(key)) continue
      this.#taken.add(key)
      this.#tried.set(wantedKey, tried)
      return name
    }
    return wanted
  }
}

function portable(name: string): string {
  if (portabilityProblem(name) === undefined) return name
  const stored = name.replace(/[<>:"|?*\\]/g, '_').replace(/[. ]+$/, (end) => '_'.repeat(end.length))
  return portabilityProblem(stored) === undefined ? stored : `_${stored}`
}
