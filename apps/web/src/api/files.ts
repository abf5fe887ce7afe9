import { type Path, urlOf } from './path.ts'
import { request } from './request.ts'

/** Removes a file, or a folder with everything in it. @param isLast whether the page is about to be left */
export async function remove(path: Path, isLast = false): Promise<void> {
  await request(urlOf(path), { method: 'DELETE', keepalive: isLast })
}

export async function makeFolder(path: Path): Promise<void> {
  await request(urlOf(path, true), { method: 'MKCOL' })
}

/** What a file or folder is to be, and whether that may replace a file. */
export interface Transfer {
  readonly from: Path
  readonly to: Path
  readonly isReplacing: boolean
}

/** Moves or renames. @throws ApiError `exists` */
export async function move(transfer: Transfer): Promise<void> {
  await request(urlOf(transfer.from), { method: 'MOVE', headers: headersOf(transfer) })
}

/** Copies a file, or a folder with everything in it. @throws ApiError `exists` */
export async function copy(transfer: Transfer): Promise<void> {
  await request(urlOf(transfer.from), { method: 'COPY', headers: headersOf(transfer) })
}

/** Asks for the MD5 of a file, which the server computes if it does not know it. @returns 32 hex digits */
export async function digest(path: Path, signal: AbortSignal): Promise<string> {
  const headers = { 'Want-Repr-Digest': 'md5=1' }
  const response = await request(urlOf(path), { method: 'HEAD', headers, signal })
  const [, base64 = ''] = /md5=:([^:]+):/.exec(response.headers.get('Repr-Digest') ?? '') ?? []
  return [...atob(base64)].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}

function headersOf({ to, isReplacing }: Transfer): HeadersInit {
  return { Destination: urlOf(to), Overwrite: isReplacing ? 'T' : 'F' }
}
