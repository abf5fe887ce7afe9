import type { IncomingMessage, ServerResponse } from 'node:http'
import { TransferError } from '@ftp/protocol'

/** The body of a request. */
export class RequestBody {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #isExpected: boolean
  #isAwaited = false

  /** @param isExpected whether the client waits for a sign before it sends the body */
  constructor(request: IncomingMessage, response: ServerResponse, isExpected: boolean) {
    this.#request = request
    this.#response = response
    this.#isExpected = isExpected
  }

  /** Whether there is one, according to the headers. */
  get isAnnounced(): boolean {
    return this.length !== 0
  }

  /** Its length in bytes; undefined if it is sent in chunks. */
  get length(): number | undefined {
    const { headers } = this.#request
    return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : undefined
  }

  /** Whether somebody waits for bytes that the client has not sent yet. */
  get isAwaited(): boolean {
    return this.#isAwaited
  }

  /**
   * The bytes. They are complete only if the iteration ends without an error.
   * @throws TransferError `lost`
   */
  async *bytes(): AsyncGenerator<Uint8Array> {
    if (this.#isExpected) this.#response.writeContinue()
    this.#isExpected = false
    const chunks = this.#request[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await this.#next(chunks)
      if (done === true) break
      if (!(value instanceof Uint8Array)) throw new TypeError('a body consists of bytes')
      yield value
    }
    if (!this.#request.complete)
      throw new TransferError('lost', 'the connection was closed before the end of the body')
  }

  async #next(chunks: AsyncIterator<unknown>): Promise<IteratorResult<unknown, unknown>> {
    this.#isAwaited = true
    try {
      return await chunks.next()
    } catch (cause) {
      throw new TransferError('lost', 'the connection was lost in the middle of the body', { cause })
    } finally {
      this.#isAwaited = false
    }
  }
}
