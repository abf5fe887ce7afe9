import type { IncomingMessage, ServerResponse } from 'node:http'
import { TransferError } from '@ftp/protocol'
import type { Guards } from '../../door.ts'
import { STATUS_CODES } from '../../node-http.ts'
import type { Outgoing } from '../../sending/outgoing.ts'
import type { Payload } from '../../sending/payload.ts'
import { type Problem, problemDocument } from './problem.ts'
import { RequestBody } from './request-body.ts'

/** Headers of an answer; those that are undefined are left out. */
export type Headers = Readonly<Record<string, string | number | readonly string[] | undefined>>

/** The headers of every answer that does not set them itself. */
const ALWAYS: Headers = {
  'Cache-Control': 'private, no-store',
  'Content-Security-Policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/** What a connection gives to each of its exchanges. */
export interface ExchangeContext {
  readonly guards: Guards
  readonly address: string
  /** Whether the connection is inside TLS. */
  readonly isEncrypted: boolean
  readonly outgoing: Outgoing
}

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly context: ExchangeContext
  readonly body: RequestBody
  readonly #stop = new AbortController()
  /** The URL below which the files of this request are. */
  base = '/files'
  /** The URL below which the uploads that it begins are. */
  uploads = '/uploads'
  /** Whether the connection is to be closed after this exchange. */
  isLast = false

  /** @param isExpected whether the client waits for a sign before it sends the body */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    context: ExchangeContext,
    isExpected: boolean,
  ) {
    this.request = request
    this.response = response
    this.context = context
    this.body = new RequestBody(request, response, isExpected)
  }

  get method(): string {
    return this.request.method ?? ''
  }

  /** Aborted if the answer is no longer wanted. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** A header that may come at most once; the server has refused the request otherwise. */
  header(name: string): string | undefined {
    const value = this.request.headers[name]
    return typeof value === 'string' ? value : undefined
  }

  /** Ends the exchange from outside. Only the first reason counts. */
  abort(reason: TransferError): void {
    this.#stop.abort(reason)
  }

  /** Makes the answer, whichever it will be, set a cookie. */
  setCookie(cookie: string): void {
    this.response.appendHeader('Set-Cookie', cookie)
  }

  /** Sends an interim answer, before the one that counts. */
  inform(status: number, headers: Readonly<Record<string, string>>): void {
    this.response.writeInformation(status, headers)
  }

  /** Answers with a whole, short document, or with none. */
  respond(status: number, headers: Headers = {}, body?: string | Uint8Array): void {
    const bytes = body === undefined ? undefined : Buffer.from(body)
    this.#begin(status, { ...headers, ...(bytes !== undefined && { 'Content-Length': bytes.length }) })
    if (bytes === undefined || this.method === 'HEAD') this.response.end()
    else this.response.end(bytes)
  }

  respondJson(status: number, document: object, headers: Headers = {}): void {
    this.respond(status, { 'Content-Type': 'application/json', ...headers }, `${JSON.stringify(document)}\n`)
  }

  /** Begins an answer whose length is known. Its bytes follow by {@link send}, and then its {@link end}. */
  begin(status: number, headers: Headers & { readonly 'Content-Length': number }): void {
    this.#begin(status, headers)
    this.response.flushHeaders()
  }

  /** Sends bytes of an answer that has begun. @throws TransferError `lost` */
  async send(payload: Payload): Promise<void> {
    await this.context.outgoing.sendBytes(payload)
  }

  end(): void {
    this.response.end()
  }

  /** Sends an answer whose length is not known. An error of the source breaks the connection, visibly. */
  async stream(status: number, headers: Headers, chunks: AsyncIterable<string | Uint8Array>): Promise<void> {
    this.#begin(status, headers)
    if (this.method !== 'HEAD')
      for await (const chunk of chunks) {
        this.signal.throwIfAborted()
        if (!this.response.write(chunk)) await this.#drained()
      }
    this.response.end()
  }

  refuse(problem: Problem, headers: Headers = {}): void {
    const { type, body } = problemDocument(problem, STATUS_CODES[problem.status] ?? '', this.isForPeople)
    const retry = problem.retryAfter === undefined ? {} : { 'Retry-After': problem.retryAfter }
    this.respond(problem.status, { 'Content-Type': type, ...retry, ...headers }, body)
  }

  /** Whether the client shows pages to a person. */
  get isForPeople(): boolean {
    return this.header('accept')?.includes('text/html') ?? false
  }

  #begin(status: number, headers: Headers): void {
    const { response, request } = this
    for (const [name, value] of Object.entries({ ...ALWAYS, ...headers }))
      if (value !== undefined) response.setHeader(name, value)
    // The client goes on sending what nobody wants.
    if (!request.complete && this.body.isAnnounced) this.isLast = true
    if (this.isLast) response.setHeader('Connection', 'close')
    response.statusCode = status
  }

  /** @throws TransferError `lost` */
  async #drained(): Promise<void> {
    const { response } = this
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('drain', done).off('close', done)
        resolve()
      }
      response.on('drain', done).on('close', done)
    })
    if (response.destroyed) throw new TransferError('lost', 'the connection is closed')
  }
}
