import fs from 'node:fs'
import path from 'node:path'
import type { FileSystem } from '@ftp/files'
import { intercepted } from '../../support/intercepted-files.ts'

const REPOSITORY = path.resolve(import.meta.dirname, '../../..')
/** Where the storage's own code is. */
const FOLDERS = ['apps/server/src/storage', 'packages/files/src']
const SYNC = /(?<!async |function )\b(fsync|fdatasync|sync)(Sync)?\(/

/** The places in the storage's own code that the running call came through, innermost first: `file.ts:line`. */
function placesNow(): string[] {
  const frames = [...(new Error().stack ?? '').matchAll(/([\w-]+\.ts):(\d+):\d+/g)]
  return frames.map(([, file, line]) => `${file}:${line}`).filter((place) => SOURCE_LINES.has(place))
}

/** Every line of the storage's code, by place. */
const SOURCE_LINES: ReadonlyMap<string, string> = new Map(
  FOLDERS.flatMap((folder) =>
    fs
      .readdirSync(path.join(REPOSITORY, folder))
      .filter((file) => !/\.(test|contract)\.ts$|^(file-system|prompt-files)\.ts$/.test(file))
      .flatMap((file) =>
        fs
          .readFileSync(path.join(REPOSITORY, folder, file), 'utf8')
          .split('\n')
          .map((text, index): [string, string] => [`${file}:${index + 1}`, text]),
      ),
  ),
)

/** The lines of the storage's code that ask for a sync, each once. */
export function linesThatSync(): string[] {
  return [...SOURCE_LINES].filter(([, text]) => SYNC.test(text)).map(([place]) => place)
}

/** Where a sync was asked for: the lines that lead to it, and no others. */
function siteNow(): string {
  return placesNow()
    .filter((place) => SYNC.test(SOURCE_LINES.get(place) ?? ''))
    .join(' < ')
}

/** Reports the site of each sync, and makes those at `without` do nothing. */
export function watchSyncs(files: FileSystem, onSite: (site: string) => void, without?: string): FileSystem {
  return intercepted(files, (call, proceed) => {
    if (call !== 'fsync') return proceed()
    const site = siteNow()
    onSite(site)
    return site === without ? Promise.resolve() : proceed()
  })
}
