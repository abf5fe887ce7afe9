import { randomFillSync } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

const FILES_IN_A_FOLDER = 100
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2 }

/** Some files of one size. */
interface Part {
  readonly count: number
  readonly size: number
}

/** Makes a tree from a description such as `10000x4k+20x8m`, in folders of 100 files. */
export function makeTree(folder: string, description: string): void {
  let made = 0
  for (const { count, size } of parts(description)) {
    const bytes = Buffer.alloc(size)
    for (let i = 0; i < count; i++, made++) {
      const below = path.join(folder, `folder-${Math.floor(made / FILES_IN_A_FOLDER)}`)
      if (made % FILES_IN_A_FOLDER === 0) fs.mkdirSync(below, { recursive: true })
      fs.writeFileSync(path.join(below, `file-${made}.bin`), randomFillSync(bytes))
    }
  }
}

/** How many files a description speaks of. */
export function total(description: string): number {
  return parts(description).reduce((sum, { count }) => sum + count, 0)
}

function parts(description: string): Part[] {
  return description.split('+').map((part) => {
    const [, count, size, unit = ''] = /^(\d+)x(\d+)([km]?)$/.exec(part) ?? []
    if (count === undefined) throw new Error(`"${part}" is not like 10000x4k`)
    return { count: Number(count), size: Number(size) * (UNITS[unit] ?? 1) }
  })
}
