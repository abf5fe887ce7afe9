import { type Answer, type HttpDestination, request } from './http-client.ts'

/** A resumable upload by HTTP (draft-ietf-httpbis-resumable-upload), as its client sees it. */
export interface UploadState {
  readonly isComplete: boolean
  /** Where the server wants to have it continued. */
  readonly offset: number
}

/** The fields of a request that sends a part of a file. @param isLast whether the file ends with it */
export function partFields(offset: number, isLast: boolean): Record<string, string> {
  return {
    'content-type': 'application/partial-upload',
    'upload-offset': String(offset),
    'upload-complete': isLast ? '?1' : '?0',
  }
}

/** Begins an upload without a byte. @returns the path under which it continues */
export async function beginUpload(
  server: HttpDestination,
  target: string,
  { as, headers = {} }: { readonly as?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const answer = await request(server, target, {
    method: 'POST',
    headers: { 'upload-complete': '?0', ...headers },
    ...(as !== undefined && { as }),
  })
  const { location } = answer.headers
  if (answer.status !== 201 || location === undefined)
    throw new Error(`no upload has begun: ${answer.status} ${answer.body}`)
  return location
}

/** Asks where an upload continues. */
export async function stateOf(server: HttpDestination, upload: string, as?: string): Promise<UploadState> {
  const { status, headers } = await request(server, upload, {
    method: 'HEAD',
    ...(as !== undefined && { as }),
  })
  if (status !== 204) throw new Error(`the upload is not there: ${status}`)
  return { isComplete: headers['upload-complete'] === '?1', offset: Number(headers['upload-offset']) }
}

/** Sends a part of a file. */
export async function sendPart(
  server: HttpDestination,
  upload: string,
  { offset, bytes, isLast, as }: SentPart,
): Promise<Answer> {
  return await request(server, upload, {
    method: 'PATCH',
    body: bytes,
    headers: partFields(offset, isLast),
    ...(as !== undefined && { as }),
  })
}

export interface SentPart {
  readonly offset: number
  readonly bytes: Uint8Array
  readonly isLast: boolean
  readonly as?: string
}
