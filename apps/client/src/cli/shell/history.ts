import fs from 'node:fs'
import path from 'node:path'

/** The lines of earlier times, the newest first. None where they cannot be read. */
export function keptLines(file: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).reverse()
  } catch {
    return []
  }
}

/** Keeps lines for the next time, where that is possible. @param lines the newest first */
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
    // A shell without a memory is still a shell.
  }
}
