import fs from 'node:fs'
import path from 'node:path'
import type { LocalDisk } from '../../../apps/client/src/transfer/local/local-disk.ts'
import { intercepted } from '../../support/intercepted-files.ts'

const REPOSITORY = path.resolve(import.meta.dirname, '../../..')
const SYNC = /(?<!async |function )\b(fsync|fdatasync|sync)(Sync)?\(/

/** The places in some code that ask for a sync: `file.ts:line`. */
export class SyncSites {
  /** The lines that do, each once. */
  readonly lines: readonly string[]

  /** @param folders of the repository */
  constructor(folders: readonly string[]) {
    this.lines = folders.flatMap((folder) =>
      fs
        .readdirSync(path.join(REPOSITORY, folder))
        // What is a file system itself.
        .filter((file) => !/\.(test|contract)\.ts$|^(file-system|adaptive-sync)\.ts$/.test(file))
        .flatMap((file) => linesOf(path.join(REPOSITORY, folder, file))),
    )
  }

  /** Reports the site of each sync, and makes those at `without` do nothing. */
  watch(disk: LocalDisk, onSite: (site: string) => void, without?: string): LocalDisk {
    return intercepted(disk, (call, proceed) => {
      if (call !== 'fsync') return proceed()
      const site = this.#siteNow()
      onSite(site)
      return site === without ? Promise.resolve() : proceed()
    })
  }

  /** The lines that the running call came through, innermost first. */
  #siteNow(): string {
    const frames = [...(new Error().stack ?? '').matchAll(/([\w-]+\.ts):(\d+):\d+/g)]
    const places = frames.map(([, file, line]) => `${file}:${line}`)
    return places.filter((place) => this.lines.includes(place)).join(' < ')
  }
}

function linesOf(file: string): string[] {
  const lines = fs.readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((text, index) => (SYNC.test(text) ? [`${path.basename(file)}:${index + 1}`] : []))
}
