import fs from 'node:fs'

/** Removes a file that nobody needs any more, if that is possible: why something ends must not be hidden by it. */
export function discard(file: string): void {
  try {
    fs.rmSync(file, { force: true })
  } catch {
    // It is in nobody's way: the next attempt takes it, or removes it.
  }
}
