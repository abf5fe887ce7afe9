/** A request that the server refused, or that never reached it. */
export class ApiError extends Error {
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number
  /** The server's code for the kind of failure, as in PROTOCOL.md; `lost` if there was no answer. */
  readonly code: string

  /** @param message one sentence for a person, in English */
  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.code = code
  }
}
