import { LIMITS } from './limits.ts'

/** What to do when a file meets another one of its name. */
export type IfExists =
  /** Put the new file in its place. */
  | 'replace'
  /** Fail with `exists`. */
  | 'fail'
  /** Leave the existing file. */
  | 'skip'
  /** Replace a file with an older mtime, leave any other. */
  | 'newer'
  /** Replace a file of another size or mtime, leave any other. */
  | 'different'
  /** Give the new file another name: the first of {@link namesFor} that is free. */
  | 'rename'

export const IF_EXISTS: readonly IfExists[] = ['replace', 'fail', 'skip', 'newer', 'different', 'rename']

/** What a policy looks at. */
export interface Compared {
  /** Bytes; null while nobody knows. */
  readonly size: number | null
  /** Microseconds since 1970. Absent: it will be the present. */
  readonly mtime?: number | undefined
}

/** What a policy says of a taken name. */
export type Verdict = 'replace' | 'keep' | 'refuse' | 'rename'

/**
 * What becomes of a file whose name is taken. Both sides ask this and nothing else: before anything is moved, and again
 * at the moment when the name is given.
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
      return (fresh.mtime ?? Infinity) > (existing.mtime ?? -Infinity) ? 'replace' : 'keep'
    case 'different':
      return fresh.mtime === existing.mtime && fresh.size === existing.size ? 'keep' : 'replace'
    default:
      return ifExists satisfies never
  }
}

/** How many names `rename` tries before it gives up. */
const TRIES = 10_000
/** What is longer is no ending but part of the name. */
const LONGEST_ENDING = 16

/** The names that a file can get, in the order in which they are tried: its own, and for `rename` `a-1.txt` and so on. */
export function* namesFor(name: string, ifExists: IfExists): Generator<string> {
  yield name
  if (ifExists !== 'rename') return
  const [, stem = name, ending = ''] = /^(.+?)((?:\.tar)?\.[^.]+)$/s.exec(name) ?? []
  const isEnding = Buffer.byteLength(ending) <= LONGEST_ENDING
  for (let number = 1; number < TRIES; number++)
    yield isEnding ? numbered(stem, number, ending) : numbered(name, number, '')
}

/** No longer than a name may be. */
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
