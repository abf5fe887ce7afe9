import type { Entry } from '../api/entry.ts'
import { fold } from './filter.ts'
import { focused, selectOnly } from './selection.ts'
import { positions, shown } from './shown.ts'

/** After a rest of this many milliseconds, the next character begins another word. */
const REST_MS = 1_000

let word = ''
let latest = Number.NEGATIVE_INFINITY

/** Whether the next character continues what was typed before. */
export function isTypingAhead(now = performance.now()): boolean {
  return now - latest < REST_MS
}

/** Goes to the entry whose name begins with the characters that the user has typed without a rest. */
export function typeAhead(character: string, now = performance.now()): void {
  word = isTypingAhead(now) ? word + character : character
  latest = now
  const found = findTyped(shown.value, word, positions.value.get(focused.value ?? ''))
  if (found !== undefined) selectOnly(found.name)
}

/**
 * The first entry whose name begins with a word, whatever its case and the form of its accents. If no name does and the
 * word is one letter again and again, the next entry with that letter.
 * @param focus the index of the entry on which the user is
 */
export function findTyped(
  entries: readonly Entry[],
  word: string,
  focus: number | undefined,
): Entry | undefined {
  const first = entries.find(beginningWith(word))
  const [letter = ''] = word
  if (first !== undefined || [...word].some((other) => other !== letter)) return first
  const next = entries.slice((focus ?? -1) + 1).find(beginningWith(letter))
  return next ?? entries.find(beginningWith(letter))
}

function beginningWith(text: string): (entry: Entry) => boolean {
  const wanted = fold(text)
  return ({ name }) => fold(name).startsWith(wanted)
}
