import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { parseBoolean, parseCount } from '../fields/structured-fields.ts'

/** The interop version of the draft: it changes when what clients and servers say to each other does. */
const INTEROP_VERSION = 8
/** In `Upload-Limit`: there is no limit but the quota. */
export const NO_LIMIT = 'min-size=0'

/** The fields of a request that sends part of a file (draft-ietf-httpbis-resumable-upload). */
export interface UploadFields {
  /** Whether the file is complete after this body; undefined if the request is not about a resumable upload. */
  readonly isComplete: boolean | undefined
  /** The offset at which the body belongs. */
  readonly offset: number | undefined
  /** The size of the whole file. */
  readonly length: number | undefined
  /** Whether the client knows the status code 104. */
  readonly knowsInterim: boolean
}

/** @throws Refusal 400 if a field is malformed */
export function uploadFields(exchange: Exchange): UploadFields {
  return {
    isComplete: parsed(exchange, 'upload-complete', parseBoolean, '?0 or ?1'),
    offset: parsed(exchange, 'upload-offset', parseCount, 'a number of bytes'),
    length: parsed(exchange, 'upload-length', parseCount, 'a number of bytes'),
    knowsInterim: parseCount(exchange.header('upload-draft-interop-version') ?? '') === INTEROP_VERSION,
  }
}

function parsed<T>(
  exchange: Exchange,
  name: string,
  parse: (text: string) => T | undefined,
  form: string,
): T | undefined {
  const text = exchange.header(name)
  if (text === undefined) return undefined
  const value = parse(text)
  if (value === undefined) throw new Refusal(400, 'bad_request', `the field ${name} is ${form}`)
  return value
}

/**
 * The size of the whole file, if a body that begins at `offset` tells it.
 * @throws Refusal 400 if two fields contradict each other
 */
export function lengthOf(
  { length, isComplete }: UploadFields,
  offset: number,
  bodyLength: number | undefined,
): number | undefined {
  const told = isComplete === true && bodyLength !== undefined ? offset + bodyLength : undefined
  if (length !== undefined && told !== undefined && length !== told) throw inconsistent(length, told)
  return length ?? told
}

/** The refusal of a length that contradicts an earlier one. */
export function inconsistent(known: number, told: number): Refusal {
  return new Refusal(
    400,
    'bad_request',
    `the file was said to have ${known} bytes, and now ${told}`,
    { 'Upload-Complete': '?0' },
    { type: 'https://iana.org/assignments/http-problem-types#inconsistent-upload-length' },
  )
}

/** Tells a client where it can continue, before it has sent everything. */
export function announceUpload(exchange: Exchange, location: string): void {
  exchange.inform(104, {
    Location: location,
    'Upload-Limit': NO_LIMIT,
    'Upload-Draft-Interop-Version': String(INTEROP_VERSION),
  })
}

export function formatBoolean(value: boolean): string {
  return value ? '?1' : '?0'
}
