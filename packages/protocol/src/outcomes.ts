import * as v from 'valibot'
import { NO_ENTRY, readEntry } from './entry.ts'
import { type ErrorCode, isErrorCode } from './errors.ts'
import { type Fields, isText, listOf } from './fields.ts'

/* The outcomes of the individual files of an `mget` or `mput`. */

/** The reason for which a request, or one of its files, failed. */
export const refusal = {
  type: v.literal('error'),
  code: v.custom<ErrorCode>(isErrorCode),
  // Not `text`, which would reject a message that quotes a long path, and the code with it.
  message: v.string(),
}
export type Refusal = Fields<typeof refusal>

export interface WholeOutcome {
  readonly type: 'stored' | 'skipped'
  /** As in the reply `done`. */
  readonly name?: string | undefined
}

/** For each file, its entry or the reason for which there is none. */
export const files = listOf((value) => readEntry(value) ?? readRefusal(value), NO_ENTRY)

export const outcomes = listOf(
  (value) => readOutcome(value) ?? readRefusal(value),
  'the outcome of a file is not as it should be',
)

function readRefusal(value: unknown): Refusal | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { type, code, message }: { readonly [K in keyof Refusal]?: unknown } = value
  if (type !== 'error' || !isErrorCode(code) || typeof message !== 'string') return undefined
  return { type, code, message }
}

function readOutcome(value: unknown): WholeOutcome | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { type, name }: { readonly [K in keyof WholeOutcome]?: unknown } = value
  if (type !== 'stored' && type !== 'skipped') return undefined
  if (name === undefined) return { type }
  return isText(name) ? { type, name } : undefined
}
