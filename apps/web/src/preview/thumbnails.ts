import { readStart } from '../api/content.ts'
import type { Entry } from '../api/entry.ts'
import { formatPath, type Path, urlOf } from '../api/path.ts'
import { EXIF_BYTES, readExif } from './exif.ts'

/** A small picture of a photo. */
export interface Thumbnail {
  readonly url: string
  /** How to turn it, 1 to 8 as in Exif; 1 is upright. */
  readonly orientation: number
}

/** Pictures up to this many bytes are shown themselves: little more than the start of a photo. */
const SMALL = 262_144
/** The number of photos whose starts are fetched at a time: the other connections are for the user. */
const AT_ONCE = 2
/** The number of small pictures that are kept in memory. */
const MOST = 500

/** What has been found, the latest last; undefined for a photo without a small picture. */
const found = new Map<string, Thumbnail | undefined>()
const waiting: (() => void)[] = []
let running = 0

/** What is known of a picture without asking for it. */
export function knownThumbnail(folder: Path, entry: Entry): Thumbnail | undefined {
  if (entry.size <= SMALL) return { url: urlOf([...folder, entry.name]), orientation: 1 }
  return found.get(keyOf(folder, entry))
}

/**
 * Finds the small picture that a camera has put into a photo. The photo itself is not fetched.
 * @returns undefined if it has none
 */
export async function findThumbnail(
  folder: Path,
  entry: Entry,
  signal: AbortSignal,
): Promise<Thumbnail | undefined> {
  const key = keyOf(folder, entry)
  if (found.has(key)) return found.get(key)
  await takeTurn()
  try {
    signal.throwIfAborted()
    const exif = readExif(await readStart([...folder, entry.name], EXIF_BYTES, signal))
    const thumbnail =
      exif?.thumbnail === undefined
        ? undefined
        : {
            url: URL.createObjectURL(new Blob([exif.thumbnail], { type: 'image/jpeg' })),
            orientation: exif.orientation,
          }
    keep(key, thumbnail)
    return thumbnail
  } finally {
    running--
    waiting.shift()?.()
  }
}

async function takeTurn(): Promise<void> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  running++
}

function keep(key: string, thumbnail: Thumbnail | undefined): void {
  found.set(key, thumbnail)
  if (found.size <= MOST) return
  const [oldest] = found
  if (oldest === undefined) return
  found.delete(oldest[0])
  if (oldest[1] !== undefined) URL.revokeObjectURL(oldest[1].url)
}

/** Another version of a file is another picture. */
function keyOf(folder: Path, { name, size, time }: Entry): string {
  return `${size} ${time} ${formatPath([...folder, name])}`
}
