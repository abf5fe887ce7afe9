/** What the conditions of a request are compared with. */
export interface Validators {
  /** With its quotes. */
  readonly etag: string
  /** Microseconds since 1970. */
  readonly mtime: number
}

/** The headers of a request that make it conditional (RFC 9110, section 13.1). */
export interface Conditions {
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifModifiedSince?: string | undefined
  readonly ifUnmodifiedSince?: string | undefined
}

/** What the conditions decide about a request; `not-modified` only for GET and HEAD. */
export type Verdict = 'go' | 'not-modified' | 'failed'

/**
 * Evaluates conditions in the order of RFC 9110, section 13.2.2.
 * @param current undefined if nothing exists at the path
 * @param isRead whether the method is GET or HEAD
 */
export function evaluate(conditions: Conditions, current: Validators | undefined, isRead: boolean): Verdict {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions
  if (ifMatch !== undefined) {
    if (current === undefined || !matches(ifMatch, current.etag, 'strong')) return 'failed'
  } else if (ifUnmodifiedSince !== undefined) {
    const date = parseDate(ifUnmodifiedSince)
    if (date !== undefined && current !== undefined && seconds(current.mtime) > date) return 'failed'
  }
  const no = isRead ? 'not-modified' : 'failed'
  if (ifNoneMatch !== undefined)
    return current !== undefined && matches(ifNoneMatch, current.etag, 'weak') ? no : 'go'
  if (!isRead || ifModifiedSince === undefined || current === undefined) return 'go'
  const date = parseDate(ifModifiedSince)
  return date !== undefined && seconds(current.mtime) <= date ? 'not-modified' : 'go'
}

/** Whether a `Range` still refers to the present version (RFC 9110, section 13.1.5). */
export function rangeHolds(ifRange: string | undefined, { etag, mtime }: Validators): boolean {
  if (ifRange === undefined) return true
  if (ifRange.startsWith('"')) return ifRange === etag
  // A date has whole seconds, within which a file may have changed: only a byte-identical date holds.
  return !ifRange.startsWith('W/') && ifRange === httpDate(mtime)
}

/** A time in microseconds since 1970 as in the header `Last-Modified`. */
export function httpDate(mtime: number): string {
  return new Date(Math.floor(mtime / 1_000)).toUTCString()
}

function matches(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true
  for (const [, weak, tag] of list.matchAll(/(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g))
    if (tag === etag && (weak === undefined || comparison === 'weak')) return true
  return false
}

/** Milliseconds since 1970; undefined if the text is not a date, so that the condition is ignored. */
function parseDate(text: string): number | undefined {
  const date = /GMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : date
}

/** A file's time in milliseconds, rounded down to whole seconds as in an HTTP date. */
function seconds(mtime: number): number {
  return Math.floor(mtime / 1_000_000) * 1_000
}
