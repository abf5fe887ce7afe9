import * as v from 'valibot'
import type { Entry } from './entry.ts'
import { isErrorCode } from './errors.ts'
import type { Refusal, WholeOutcome } from './replies.ts'

/*
 * The fields that messages are made of. One check for each: there are thousands of messages a second.
 */

export const count = v.custom<number>(isCount, 'a number is negative or not whole')
export const id = v.custom<number>((value) => isInteger(value) && value >= 1, 'an id is not a number from 1')
export const text = v.custom<string>(isText, 'a string is too long or not valid Unicode')
const HEX = /^[0-9a-f]{32}$/
export const hex = v.custom<string>(isHex, 'not 32 hex digits')
export const key = v.custom<string>(isKey, 'not 64 hex digits')
export const mode = v.custom<number>(isMode, 'not permission bits')
export const mtime = v.custom<number>(isInteger, 'a time is not a whole number')

const NO_ENTRY = 'an entry of a directory is not as it should be'
// One check for all of it: a listing may have a million.
export const entry = v.pipe(v.custom<Entry>(isEntry, NO_ENTRY), v.transform(knownOf))
export const entries = listOf(isEntry, knownOf, NO_ENTRY)
/** For each of several files the first of these, or why there is none. */
export const files = listOf(
  either(isEntry, isRefusal),
  (file) => (file.type === 'error' ? refusalOf(file) : knownOf(file)),
  NO_ENTRY,
)
export const outcomes = listOf(
  either(isOutcome, isRefusal),
  (outcome) => (outcome.type === 'error' ? refusalOf(outcome) : outcomeOf(outcome)),
  'the outcome of a file is not as it should be',
)

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isCount(value: unknown): value is number {
  return isInteger(value) && value >= 0
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 4_096 && value.isWellFormed()
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && HEX.test(value)
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

function isMode(value: unknown): value is number {
  return isCount(value) && value <= 0o777
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false
  const { name, type, size, mtime, mode, md5 }: { readonly [K in keyof Entry]?: unknown } = value
  return (
    isText(name) &&
    (type === 'file' || type === 'directory' || type === 'symlink' || type === 'other') &&
    isCount(size) &&
    isInteger(mtime) &&
    isMode(mode) &&
    (md5 === undefined || isHex(md5))
  )
}

function isRefusal(value: unknown): value is Refusal {
  if (typeof value !== 'object' || value === null) return false
  const { type, code, message }: { readonly [K in keyof Refusal]?: unknown } = value
  // The message is not checked as other texts are: it may quote a long path, and whatever it says, the code must be seen.
  return type === 'error' && isErrorCode(code) && typeof message === 'string'
}

function isOutcome(value: unknown): value is WholeOutcome {
  if (typeof value !== 'object' || value === null) return false
  const { type, name }: { readonly [K in keyof WholeOutcome]?: unknown } = value
  return (type === 'stored' || type === 'skipped') && (name === undefined || isText(name))
}

/** What this version knows of an entry. */
function knownOf({ name, type, size, mtime, mode, md5 }: Entry): Entry {
  return md5 === undefined ? { name, type, size, mtime, mode } : { name, type, size, mtime, mode, md5 }
}

function refusalOf({ type, code, message }: Refusal): Refusal {
  return { type, code, message }
}

function outcomeOf({ type, name }: WholeOutcome): WholeOutcome {
  return name === undefined ? { type } : { type, name }
}

function either<A, B>(
  isA: (value: unknown) => value is A,
  isB: (value: unknown) => value is B,
): (value: unknown) => value is A | B {
  return (value): value is A | B => isA(value) || isB(value)
}

/** An array, checked in one step. @param known what this version knows of an element */
function listOf<T>(
  isOne: (value: unknown) => value is T,
  known: (one: T) => T,
  message: string,
): v.GenericSchema<unknown, readonly T[]> {
  const are = (value: unknown): value is readonly T[] => Array.isArray(value) && value.every(isOne)
  return v.pipe(
    v.custom<readonly T[]>(are, message),
    v.transform((all) => all.map(known)),
  )
}
