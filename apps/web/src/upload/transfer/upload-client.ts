import { ApiError } from '../../api/api-error.ts'
import { errorOf } from '../../api/request.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { hasCode } from './errors.ts'

/** Sends a request: `fetch`, or what a test puts in its place. */
export type Send = (target: string, init: RequestInit) => Promise<Response>

/** Whether a file may replace another one. `any`: the server decides, as it does for guests. */
export type IfExists = 'replace' | 'fail' | 'any'

/** How far the server has an upload. */
export interface UploadProgress {
  /** All bytes before this offset are on the server, which has proven them. */
  readonly offset: number
  /** Whether the upload has become the file. */
  readonly isComplete: boolean
  /** The size of the whole file. */
  readonly length: number | undefined
}

/** A part of a file. */
export interface Part {
  readonly offset: number
  readonly body: Blob
  readonly isLast: boolean
  /** The chaining value after each whole block of the file that the part completes, 16 bytes each. */
  readonly chain: Uint8Array
}

export type PartAnswer =
  | { readonly type: 'continue'; readonly offset: number }
  /** A block arrived damaged; everything from there on has to be sent again. */
  | { readonly type: 'damaged'; readonly offset: number }
  /** The upload has become the file; the MD5 is missing if that happened earlier. */
  | { readonly type: 'complete'; readonly md5: Uint8Array | undefined }
  /** The server no longer has the upload. */
  | { readonly type: 'gone' }

/** What an upload asks of the server: docs/doors.md. */
export class UploadClient {
  readonly #send: Send
  readonly #base: string

  /** @param base the URL of the folder at which paths begin */
  constructor(send: Send, base = '/files') {
    this.#send = send
    this.#base = base
  }

  /** Begins an upload that can be continued. @returns its URL */
  async begin(
    path: readonly string[],
    size: number,
    ifExists: IfExists,
    signal: AbortSignal,
  ): Promise<string> {
    const headers = { 'Upload-Complete': '?0', 'Upload-Length': String(size), ...conditionOf(ifExists) }
    const response = await this.#request(this.urlOf(path), { method: 'POST', headers, signal })
    const location = response.headers.get('location')
    if (location === null) throw new ApiError(response.status, 'unsupported', 'the upload has no URL')
    return location
  }

  /** @throws ApiError `not_found` if the upload does not exist any more */
  async progressOf(upload: string, signal: AbortSignal): Promise<UploadProgress> {
    const { headers } = await this.#request(upload, { method: 'HEAD', signal })
    const length = headers.get('upload-length')
    return {
      offset: offsetIn(headers),
      isComplete: headers.get('upload-complete') === '?1',
      length: length === null ? undefined : Number(length),
    }
  }

  /** The chain of what the server has of an upload, 16 bytes for each whole block. */
  async chainOf(upload: string, signal: AbortSignal): Promise<Uint8Array> {
    const response = await this.#request(`${upload}/chain`, { signal })
    return new Uint8Array(await response.arrayBuffer())
  }

  async append(upload: string, part: Part, signal: AbortSignal): Promise<PartAnswer> {
    const { offset, body, isLast, chain } = part
    const response = await this.#attempt(upload, {
      method: 'PATCH',
      headers: {
        'Content-Type': 'application/partial-upload',
        'Upload-Offset': String(offset),
        'Upload-Complete': isLast ? '?1' : '?0',
        ...(chain.length > 0 && { 'FTX-Chain': encodeBase64(chain) }),
      },
      body,
      signal,
    })
    const { headers, status, ok } = response
    const isComplete = headers.get('upload-complete') === '?1'
    if (isComplete && ok) return { type: 'complete', md5: md5In(headers) }
    if (ok || (status === 409 && headers.has('upload-offset')))
      return { type: 'continue', offset: offsetIn(headers) }
    if (status === 404) return { type: 'gone' }
    if (status === 422 && headers.has('upload-offset')) return { type: 'damaged', offset: offsetIn(headers) }
    throw await errorOf(response)
  }

  /** Stores a whole file. The server checks its MD5. */
  async store(
    path: readonly string[],
    { body, md5, ifExists }: { readonly body: Blob; readonly md5: Uint8Array; readonly ifExists: IfExists },
    signal: AbortSignal,
  ): Promise<void> {
    const headers = { 'Repr-Digest': `md5=:${encodeBase64(md5)}:`, ...conditionOf(ifExists) }
    await this.#request(this.urlOf(path), { method: 'PUT', headers, body, signal })
  }

  /** Makes a folder, unless it is there. */
  async makeFolder(path: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      await this.#request(this.urlOf(path), { method: 'MKCOL', signal })
    } catch (error) {
      if (!hasCode(error, 'exists')) throw error
    }
  }

  /** The MD5 of a file; undefined if the file is not there, or cannot be seen. */
  async md5Of(path: readonly string[], signal: AbortSignal): Promise<Uint8Array | undefined> {
    const headers = { 'Want-Repr-Digest': 'md5=1' }
    const response = await this.#attempt(this.urlOf(path), { method: 'HEAD', headers, signal })
    return response.ok ? md5In(response.headers) : undefined
  }

  /** Gives an upload up. The file of that name, if there is one, stays. */
  async discard(upload: string, signal: AbortSignal): Promise<void> {
    await this.#request(upload, { method: 'DELETE', signal })
  }

  urlOf(path: readonly string[]): string {
    return [this.#base, ...path.map(encodeURIComponent)].join('/')
  }

  /** @throws ApiError */
  async #request(target: string, init: RequestInit): Promise<Response> {
    const response = await this.#attempt(target, init)
    if (response.ok) return response
    throw await errorOf(response)
  }

  /** @throws ApiError `lost` */
  async #attempt(target: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#send(target, init)
    } catch (cause) {
      init.signal?.throwIfAborted()
      throw new ApiError(0, 'lost', 'the server does not answer', { cause })
    }
  }
}

function conditionOf(ifExists: IfExists): Readonly<Record<string, string>> {
  return ifExists === 'fail' ? { 'If-None-Match': '*' } : {}
}

function offsetIn(headers: Headers): number {
  return Number(headers.get('upload-offset') ?? 0)
}

function md5In(headers: Headers): Uint8Array | undefined {
  const [, text] = /\bmd5=:([^:]+):/.exec(headers.get('repr-digest') ?? '') ?? []
  return text === undefined ? undefined : decodeBase64(text)
}
