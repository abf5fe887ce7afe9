import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { parseBoolean, parseCount } from '../fields/structured-fields.ts'

/** The interop version of the draft: it changes when what clients and servers say to each other does. */
const INTEROP_VERSION = 8
/** The number of seconds in a day. */
const DAY_S = 86_400
/** The media type of part of a file. */
export const PARTIAL = 'application/partial-upload'
/** In `Upload-Limit`: there is no limit. */
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

/**
 * As the draft demands, a malformed number is ignored. A malformed `Upload-Complete` is refused all the same: if it were
 * ignored, PUT would store a part as the whole file.
 * @throws Refusal 400
 */
export function uploadFields(exchange: Exchange): UploadFields {
  return {
    isComplete: completeness(exchange),
    offset: parseCount(exchange.header('upload-offset') ?? ''),
    length: parseCount(exchange.header('upload-length') ?? ''),
    knowsInterim: parseCount(exchange.header('upload-draft-interop-version') ?? '') === INTEROP_VERSION,
  }
}

function completeness(exchange: Exchange): boolean | undefined {
  const text = exchange.header('upload-complete')
  const value = parseBoolean(text ?? '')
  if (text !== undefined && value === undefined)
    throw new Refusal(400, 'bad_request', 'the field Upload-Complete is ?0 or ?1')
  return value
}

/**
 * What `Upload-Limit` says of an upload that can be continued: for how many more seconds.
 * @param idle since when nobody has continued it, in microseconds since 1970. Default: now
 */
export function limitOf({ context: { guards } }: Exchange, idle = Date.now() * 1_000): string {
  const passed = (Date.now() * 1_000 - idle) / 1_000_000
  return `max-age=${Math.max(0, Math.floor(guards.uploadDays * DAY_S - passed))}`
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
  inform(exchange, { Location: location, 'Upload-Limit': limitOf(exchange) })
}

/** Tells a client which bytes it need not send again, unless it has not read what it was told before. */
export function announceOffset(exchange: Exchange, offset: number): void {
  const { socket } = exchange.response
  if (socket === null || socket.writableLength > 0) return
  inform(exchange, { 'Upload-Offset': String(offset) })
}

function inform(exchange: Exchange, headers: Readonly<Record<string, string>>): void {
  exchange.inform(104, { ...headers, 'Upload-Draft-Interop-Version': String(INTEROP_VERSION) })
}

export function formatBoolean(value: boolean): string {
  return value ? '?1' : '?0'
}
