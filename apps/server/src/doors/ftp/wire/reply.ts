import { type ErrorCode, listedCode, printable, TransferError } from '@ftp/protocol'

/** An answer to a command (RFC 959, section 4.2): a code for programs, and text for people. */
export interface Reply {
  readonly code: number
  /** One line, or several. */
  readonly text: string | readonly string[]
}

/** A refusal with a code that no failure of the share has. */
export class Refusal extends Error {
  readonly reply: Reply

  constructor(code: number, text: string) {
    super(text)
    this.reply = { code, text }
  }
}

/** The code for each failure. */
const CODES: Readonly<Record<ErrorCode, number>> = {
  protocol: 500,
  version: 500,
  login: 530,
  bad_request: 501,
  unsupported: 504,
  name: 553,
  not_found: 550,
  forbidden: 550,
  exists: 553,
  is_directory: 550,
  not_directory: 550,
  not_file: 550,
  not_empty: 550,
  changed: 450,
  taken_over: 426,
  checksum: 451,
  no_space: 452,
  quota: 552,
  too_large: 552,
  cancelled: 426,
  io: 451,
  busy: 450,
  shutdown: 421,
  timeout: 426,
  lost: 426,
  internal: 451,
}

/** The answer to a command that has failed. */
export function replyTo(error: unknown): Reply {
  if (error instanceof Refusal) return error.reply
  const failure = TransferError.from(error)
  const code = listedCode(failure.code)
  return { code: CODES[code], text: code === 'internal' ? 'a fault in the server' : failure.message }
}

/** A reply as it is sent. Whatever its text contains, it stays one reply. */
export function format({ code, text }: Reply): string {
  const lines = (typeof text === 'string' ? [text] : text).map(printable)
  const last = lines.pop() ?? ''
  const [first, ...rest] = lines
  const before = first === undefined ? [] : [`${code}-${first}`, ...rest.map((line) => ` ${line}`)]
  return [...before, `${code} ${last}`, ''].join('\r\n')
}
