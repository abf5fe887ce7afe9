/*
 * What this browser remembers. It may be set up to remember nothing; then, all of it is forgotten with the page.
 */

/** @returns undefined if nothing is stored under this key, or nothing that can be read */
export function readStored(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '')
  } catch {
    return undefined
  }
}

/** Stores a value as JSON; undefined removes what is stored. */
export function store(key: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // The browser has no space for it, or does not allow it.
  }
}
