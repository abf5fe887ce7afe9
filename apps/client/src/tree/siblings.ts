import { collisionKey, type Entry } from '@ftp/protocol'

/** The entries of a directory of the target that have no counterpart in the source yet. */
export class Siblings {
  readonly #byName = new Map<string, Entry>()
  /** Made when it is first needed, which is never in a tree that has not changed. */
  #byKey: Map<string, Entry[]> | undefined

  add(entry: Entry): void {
    this.#byName.set(entry.name, entry)
  }

  /** Removes the entry with this name. */
  take(name: string): Entry | undefined {
    const entry = this.#byName.get(name)
    if (entry !== undefined) this.#byName.delete(name)
    return entry
  }

  /** The entries whose names some file systems take for the same as `name`. */
  alike(name: string): readonly Entry[] {
    this.#byKey ??= Map.groupBy(this.#byName.values(), (entry) => collisionKey(entry.name))
    const entries = this.#byKey.get(collisionKey(name)) ?? []
    return entries.filter((entry) => this.#byName.has(entry.name))
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.#byName.values()
  }
}
