import { type ErrorCode, listedCode, printable, type TransferError } from '@ftp/protocol'
import { MOMENT_S, Refused } from '../../../guards/refusal.ts'

/** A refusal as HTTP describes it (RFC 9457, with our code). */
export interface Problem {
  readonly status: number
  readonly code: ErrorCode
  /** One sentence for a person. */
  readonly detail: string
  /** Further members, and the URI of the kind of problem, if it has one. */
  readonly members?: Readonly<Record<string, string | number>> | undefined
  /** How many seconds to wait before asking again. */
  readonly retryAfter?: number | undefined
}

/** The status for each code, unless another one describes the failure of the request more precisely. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  protocol: 400,
  version: 400,
  login: 401,
  bad_request: 400,
  unsupported: 501,
  name: 400,
  not_found: 404,
  forbidden: 403,
  exists: 409,
  is_directory: 409,
  not_directory: 409,
  not_file: 409,
  not_empty: 409,
  changed: 412,
  taken_over: 409,
  checksum: 422,
  no_space: 507,
  quota: 507,
  too_large: 413,
  cancelled: 409,
  io: 500,
  busy: 503,
  shutdown: 503,
  timeout: 408,
  lost: 400,
  internal: 500,
}

/** Describes a failure. @param status a more precise one than that of the code */
export function problemOf(error: TransferError, status?: number): Problem {
  const code = listedCode(error.code)
  return {
    status: status ?? STATUS[code],
    code,
    detail: code === 'internal' ? 'a fault in the server' : printable(error.message),
    retryAfter: retryAfter(error),
  }
}

function retryAfter(error: TransferError): number | undefined {
  if (error instanceof Refused) return error.seconds
  return error.code === 'busy' || error.code === 'shutdown' ? MOMENT_S : undefined
}

/** A refusal that no code describes on its own. */
export class Refusal extends Error {
  readonly problem: Problem
  /** Headers that the answer has to have. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: ErrorCode,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
    members?: Problem['members'],
  ) {
    super(detail)
    this.problem = { status, code, detail, members }
    this.headers = headers
  }
}

/** @returns the method, if the resource has it. @throws Refusal 405 */
export function requireMethod<T extends string>(method: string, allowed: readonly T[]): T {
  const known = allowed.find((one) => one === method)
  if (known !== undefined) return known
  throw new Refusal(405, 'unsupported', `${method} is not for this path`, { Allow: allowed.join(', ') })
}

/** A problem as a document: for programs, or a page for people. */
export function problemDocument(
  { status, code, detail, members }: Problem,
  title: string,
  isForPeople: boolean,
): { readonly type: string; readonly body: string } {
  if (!isForPeople)
    return {
      type: 'application/problem+json',
      body: `${JSON.stringify({ type: 'about:blank', title, status, code, detail, ...members })}\n`,
    }
  const text = `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`
  return { type: HTML, body: page(`${status} ${title}`, `<p>${escapeHtml(text)}</p>`) }
}

export const HTML = 'text/html; charset=utf-8'

/** A page without scripts or styles. @param title plain text @param body HTML */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<h1>${escapeHtml(title)}</h1>
${body}
</html>
`
}

/**
 * Makes text safe in HTML, also inside quotes, and makes characters visible that would hide others or change
 * their order.
 */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
