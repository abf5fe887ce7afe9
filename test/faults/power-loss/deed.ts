import type { LocalDisk } from '../../../apps/client/src/transfer/local/local-disk.ts'

/** Something that is done to files. */
export interface Deed<Files> {
  /** For people. */
  readonly text: string
  /** Whatever it touches is at or below one of these. */
  readonly paths: readonly string[]
  /** What must never be without all of these names, whatever is cut off in the middle. */
  readonly oneOf?: readonly string[]
  /** Whether doing it again, after it was cut off, must lead to the same. */
  readonly repeatable: boolean
  readonly run: (files: Files) => Promise<unknown>
}

/** What is done to a disk, and looked at, by one of the two sides. */
export interface Side<Files extends Disposable> {
  /** The folders of the repository that have the code which syncs. */
  readonly code: readonly string[]
  /** Descriptors that it has open while nothing is done. */
  readonly descriptors: number
  mount(disk: LocalDisk): Files
  /** Each path with what it shows, as text that differs when the content does. */
  look(files: Files): Promise<World>
  anyDeed(random: Random): Deed<Files>
}

export type World = ReadonlyMap<string, string>

export type Random = () => number

/** Sizes of files, some of them just a sector. Bytes. */
export const LENGTHS = [0, 1, 511, 512, 513, 1_500, 3_000]
/** What is written at once: small, so that a hundred thousand disks are soon looked at. */
export const STEP = 700

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T
}

/** Whether two deeds may be done at the same time without either noticing. */
export function areApart(one: Deed<never>, other: Deed<never>): boolean {
  return one.paths.every((a) => other.paths.every((b) => !isWithin(a, b) && !isWithin(b, a)))
}

/** Whether a path is at or below another. */
export function isWithin(path: string, above: string): boolean {
  return `${path}/`.startsWith(`${above}/`)
}

/** Any time, in microseconds since 1970. */
export function anyTime(random: Random): number {
  return 1_700_000_000_000_000 + Math.floor(random() * 1e9)
}

/** How a world shows a file. */
export function shown(bytes: Uint8Array, mtime: number, mode: number): string {
  return `${bytes.length} bytes ${Buffer.from(bytes).toString('latin1')}, ${mtime} mode ${mode.toString(8)}`
}

/** Whether two things are the same but for their permission bits, which follow once a file has its name. */
export function sameContent(one: string | undefined, other: string | undefined): boolean {
  return one?.replace(/mode \d+$/, '') === other?.replace(/mode \d+$/, '')
}

/** Something that is being written, and was perhaps begun before. */
interface Unfinished {
  readonly size: number
  read(buffer: Uint8Array, offset: number): Promise<number>
  truncate(size: number): Promise<void>
}

/** What both sides do before they build upon an earlier attempt, with bytes in the place of their digests. @returns bytes kept */
export async function keepWhatFits(partial: Unfinished, bytes: Buffer): Promise<number> {
  const held = Buffer.alloc(partial.size)
  await partial.read(held, 0)
  let proven = 0
  for (let next = STEP; next <= Math.min(held.length, bytes.length); next += STEP) {
    if (!held.subarray(proven, next).equals(bytes.subarray(proven, next))) break
    proven = next
  }
  if (partial.size > proven) await partial.truncate(proven)
  return proven
}
