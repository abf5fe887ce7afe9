/** How the receiver of a failure should react. */
export type Advice =
  /** The program can do nothing: report the failure to the person. */
  | 'stop'
  /** The same request may succeed later, unchanged. */
  | 'retry'
  /** The connection is lost: connect again and continue at the end of the verified bytes. */
  | 'resume'

interface CodeInfo {
  readonly advice: Advice
  /** Whether the connection is still usable after the error frame. */
  readonly connection: 'kept' | 'closed'
  /** The meaning of the code, as in PROTOCOL.md. */
  readonly meaning: string
}

/** The closed list of error codes. PROTOCOL.md contains the same table, and a test compares the two. */
export const ERROR_CODES = {
  protocol: { advice: 'stop', connection: 'closed', meaning: 'the peer broke a rule of this protocol' },
  version: { advice: 'stop', connection: 'closed', meaning: 'no protocol version in common' },
  login: { advice: 'stop', connection: 'closed', meaning: 'the login was refused' },
  bad_request: {
    advice: 'stop',
    connection: 'kept',
    meaning: 'a field of the request is missing or invalid',
  },
  unsupported: { advice: 'stop', connection: 'kept', meaning: 'the server does not know this request' },
  name: { advice: 'stop', connection: 'kept', meaning: 'the path or a name in it is not allowed' },
  not_found: { advice: 'stop', connection: 'kept', meaning: 'nothing has this path' },
  forbidden: {
    advice: 'stop',
    connection: 'kept',
    meaning: 'the account or the file system does not allow it',
  },
  exists: { advice: 'stop', connection: 'kept', meaning: 'the path is taken and must not be replaced' },
  is_directory: { advice: 'stop', connection: 'kept', meaning: 'a file was expected, a directory is there' },
  not_directory: {
    advice: 'stop',
    connection: 'kept',
    meaning: 'a directory was expected, something else is there',
  },
  not_file: {
    advice: 'stop',
    connection: 'kept',
    meaning: 'neither a file nor a directory: link, device, pipe or socket',
  },
  not_empty: { advice: 'stop', connection: 'kept', meaning: 'the directory still has entries' },
  changed: {
    advice: 'stop',
    connection: 'kept',
    meaning: 'the source changed; what was asked for is no longer there',
  },
  taken_over: { advice: 'stop', connection: 'kept', meaning: 'a newer connection continues this upload' },
  checksum: { advice: 'stop', connection: 'kept', meaning: 'bytes do not have the MD5 they were sent with' },
  no_space: { advice: 'stop', connection: 'kept', meaning: 'the disk is full' },
  quota: { advice: 'stop', connection: 'kept', meaning: "the account's quota does not allow it" },
  too_large: {
    advice: 'stop',
    connection: 'kept',
    meaning: 'larger than the file system or the server stores',
  },
  cancelled: { advice: 'stop', connection: 'kept', meaning: 'the client cancelled the request' },
  io: { advice: 'stop', connection: 'kept', meaning: 'reading or writing the disk failed' },
  busy: { advice: 'retry', connection: 'kept', meaning: 'out of connections, files or memory for now' },
  shutdown: { advice: 'resume', connection: 'closed', meaning: 'the server is stopping' },
  timeout: { advice: 'resume', connection: 'closed', meaning: 'the peer was silent for too long' },
  lost: { advice: 'resume', connection: 'closed', meaning: 'the connection broke; never sent, only seen' },
  internal: { advice: 'stop', connection: 'kept', meaning: 'a fault of the program' },
} as const satisfies Record<string, CodeInfo>

export type ErrorCode = keyof typeof ERROR_CODES

/**
 * Failures that never leave the program in which they occur: no frame has such a code. For scripts, each has
 * a code from the closed list.
 */
export const LOCAL_CODES = {
  /** The user's request makes no sense. */
  usage: { advice: 'stop', shownAs: 'bad_request' },
  /** A file in the program's own folder is damaged or not safe. */
  config: { advice: 'stop', shownAs: 'login' },
  /** This machine has no more memory or open files for the program, or another program is using the file. */
  exhausted: { advice: 'retry', shownAs: 'io' },
  /** The user, or the program that uses the library, has stopped the operation. */
  aborted: { advice: 'stop', shownAs: 'cancelled' },
} as const satisfies Record<string, { readonly advice: Advice; readonly shownAs: ErrorCode }>

export type LocalCode = keyof typeof LOCAL_CODES

/** The reason for a failure: a code of the protocol, or one that stays in the program. */
export type FailureCode = ErrorCode | LocalCode

/** The code of the closed list for a failure. Only these codes are sent, and shown to scripts. */
export function listedCode(code: FailureCode): ErrorCode {
  return isErrorCode(code) ? code : LOCAL_CODES[code].shownAs
}

/** Whether the frame that reports this failure is the last one on its connection. */
export function endsConnection(code: FailureCode): boolean {
  return ERROR_CODES[listedCode(code)].connection === 'closed'
}

/** Whether a value is one of {@link ERROR_CODES}. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value)
}

/**
 * The only error class: every failure that a function of this project reports intentionally is a
 * TransferError.
 */
export class TransferError extends Error {
  override readonly name = 'TransferError'
  readonly code: FailureCode

  /** @param message one sentence for a person, without the code; ends with the next step if there is one */
  constructor(code: FailureCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  /** How the caller should react to this failure. */
  get advice(): Advice {
    return isErrorCode(this.code) ? ERROR_CODES[this.code].advice : LOCAL_CODES[this.code].advice
  }

  /**
   * Converts any caught error to a TransferError; the original stays as `cause`. If cleaning up after a
   * failure causes another one, the first counts.
   */
  static from(error: unknown, code: FailureCode = 'internal'): TransferError {
    if (error instanceof TransferError) return error
    if (error instanceof SuppressedError) return TransferError.from(error.suppressed, code)
    const message = error instanceof Error ? error.message : String(error)
    return new TransferError(code, message, { cause: error })
  }
}
