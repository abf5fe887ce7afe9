import { LIMITS } from './limits.ts'
import { isSameTime } from './time.ts'

/** What to do if a file with the requested name exists. */
export type IfExists =
  /** Replace the existing file. */
  | 'replace'
  /** Fail with `exists`. */
  | 'fail'
  /** Keep the existing file. */
  | 'skip'
  /** Replace a file with an older mtime; keep any other. */
  | 'newer'
  /** Replace a file with a different size or mtime; keep any other. */
  | 'different'
  /** Give the new file another name: the first of {@link namesFor} that is free. */
  | 'rename'

export const IF_EXISTS: readonly IfExists[] = ['replace', 'fail', 'skip', 'newer', 'different', 'rename']

/** The policies that may keep the existing file. */
export const MAY_SKIP: ReadonlySet<IfExists> = new Set(['skip', 'newer', 'different'])

/** The properties of a file that policies compare. */
export interface Compared {
  /** The size in bytes; null if it is not known yet. */
  readonly size: number | null
  /** Microseconds since 1970. If absent, the file will get the present time. */
  readonly mtime?: number | undefined
}

/** The decision of a policy about a name that is taken. */
export type Verdict = 'replace' | 'keep' | 'refuse' | 'rename'

/**
 * Decides what to do with a file whose name is taken. Both sides use only this function: before anything is
 * transferred, and again at the moment at which the file gets its name.
 */
export function judge(ifExists: IfExists, existing: Compared, fresh: Compared): Verdict {
  switch (ifExists) {
    case 'replace':
    case 'rename':
      return ifExists
    case 'fail':
      return 'refuse'
    case 'skip':
      return 'keep'
    case 'newer':
      return isNewer(fresh.mtime, existing.mtime) ? 'replace' : 'keep'
    case 'different':
      return fresh.size === existing.size && isSame(fresh.mtime, existing.mtime) ? 'keep' : 'replace'
    default:
      return ifExists satisfies never
  }
}

function isNewer(fresh = Number.POSITIVE_INFINITY, existing = Number.NEGATIVE_INFINITY): boolean {
  return fresh > existing && !isSameTime(fresh, existing)
}

function isSame(one: number | undefined, other: number | undefined): boolean {
  return one === undefined || other === undefined ? one === other : isSameTime(one, other)
}

/** The number of names that `rename` tries before it fails. */
const TRIES = 10_000
/** A longer ending counts as part of the name. */
const LONGEST_ENDING = 16

/**
 * The names that a file may get, in the order in which they are tried: its own name and, with `rename`,
 * `a-1.txt` and so on.
 * @param tried how many of the first ones to leave out
 */
export function* namesFor(name: string, ifExists: IfExists, tried = 0): Generator<string> {
  if (tried === 0) yield name
  if (ifExists !== 'rename') return
  const [, stem = name, ending = ''] = /^(.+?)((?:\.tar)?\.[^.]+)$/s.exec(name) ?? []
  const isEnding = Buffer.byteLength(ending) <= LONGEST_ENDING
  for (let number = Math.max(1, tried); number < TRIES; number++)
    yield isEnding ? numbered(stem, number, ending) : numbered(name, number, '')
}

/** Shortens the stem if the name would be too long. */
function numbered(stem: string, number: number, ending: string): string {
  const tail = `-${number}${ending}`
  const room = LIMITS.name - Buffer.byteLength(tail)
  let [kept, bytes] = ['', 0]
  for (const character of stem) {
    bytes += Buffer.byteLength(character)
    if (bytes > room) break
    kept += character
  }
  return kept + tail
}
