import fs from 'node:fs'
import path from 'node:path'

/** The lines of earlier sessions, the newest first. Empty if they cannot be read. */
export function keptLines(file: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).reverse()
  } catch {
    return []
  }
}

/** Stores lines for the next session, if possible. @param lines the newest first */
export function keepLines(file: string, lines: readonly string[]): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    fs.writeFileSync(
      file,
      [...lines]
        .reverse()
        .map((line) => `${line}\n`)
        .join(''),
      { mode: 0o600 },
    )
  } catch {
    // A shell works without a history.
  }
}
