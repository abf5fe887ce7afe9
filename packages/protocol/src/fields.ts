import * as v from 'valibot'
import { TransferError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { parsePath, type RemotePath } from './path.ts'

/*
 * The fields of messages. Each is checked by a single function, because there are thousands of messages per
 * second.
 */

export const count = v.custom<number>(isCount, 'a number is negative or not whole')
export const id = v.custom<number>((value) => isInteger(value) && value >= 1, 'an id is not a number from 1')
export const text = v.custom<string>(isText, 'a string is too long or not valid Unicode')
const HEX = /^[0-9a-f]{32}$/
export const hex = v.custom<string>(isHex, 'not 32 hex digits')
export const key = v.custom<string>(isKey, 'not 64 hex digits')
export const mode = v.custom<number>(isMode, 'not permission bits')
export const mtime = v.custom<number>(isInteger, 'a time is not a whole number')
export const flag = v.optional(v.boolean())

/** One path among several. If it is refused, the others remain valid. */
export const pathOfMany = v.pipe(text, v.transform(pathOrRefusal))
export const path = v.pipe(
  text,
  v.transform(pathOrRefusal),
  v.guard(isPath, ({ input }) => TransferError.from(input).message),
)

/** Whether the field holds a valid string that is not a path. */
export function isPathIssue({ requirement }: v.BaseIssue<unknown>): boolean {
  return requirement === isPath
}

/** A message, or a part of one, with these fields. */
export type Fields<E extends v.ObjectEntries> = Readonly<v.InferOutput<v.ObjectSchema<E, undefined>>>

/**
 * Fields for an interface that is public, and should therefore appear in full in the declarations of the
 * client's library: all of its keys, and no others.
 */
export type FieldsOf<T> = { readonly [K in keyof T]-?: v.GenericSchema<unknown, T[K]> }

/** At least one element, and at most as many as one `mget` or `mput` may have. */
export function batchOf<I, O>(one: v.GenericSchema<I, O>): v.GenericSchema<readonly I[], readonly O[]> {
  return v.pipe(v.array(one), v.minLength(1), v.maxLength(LIMITS.files), v.readonly())
}

/**
 * A field whose check is written by hand, because there may be a million of them.
 * @param read returns the fields that this version knows; undefined if the value is invalid
 */
export function checked<T>(
  read: (value: unknown) => T | undefined,
  message: string,
): v.GenericSchema<unknown, T> {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      const known = read(dataset.value)
      if (known !== undefined) return known
      addIssue({ message })
      return NEVER
    }),
  )
}

/** An array of such values. @param read as in {@link checked} */
export function listOf<T>(
  read: (value: unknown) => T | undefined,
  message: string,
): v.GenericSchema<unknown, readonly T[]> {
  return checked((value) => readAll(value, read), message)
}

function readAll<T>(value: unknown, read: (value: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value)) return undefined
  const all: T[] = []
  for (const element of value) {
    const known = read(element)
    if (known === undefined) return undefined
    all.push(known)
  }
  return all
}

function isPath(path: RemotePath | TransferError): path is RemotePath {
  return !(path instanceof TransferError)
}

function pathOrRefusal(text: string): RemotePath | TransferError {
  try {
    return parsePath(text)
  } catch (error) {
    return TransferError.from(error)
  }
}

export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

export function isCount(value: unknown): value is number {
  return isInteger(value) && value >= 0
}

/** Whether a value is a string of at most 4,096 UTF-16 code units and valid Unicode. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 4_096 && value.isWellFormed()
}

/** Whether a value is a string of 32 lower-case hex digits. */
export function isHex(value: unknown): value is string {
  return typeof value === 'string' && HEX.test(value)
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

/** Whether a value consists of permission bits, 0 to 0o777. */
export function isMode(value: unknown): value is number {
  return isCount(value) && value <= 0o777
}
