import { ApiError } from './api-error.ts'
import { type Path, urlOf } from './path.ts'
import { request } from './request.ts'

/** The first bytes of a file, at most `length`. @throws ApiError */
export async function readStart(
  path: Path,
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const headers = { Range: `bytes=0-${length - 1}` }
  try {
    const response = await request(urlOf(path), { headers, signal })
    return new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    // An empty file has no first byte.
    if (error instanceof ApiError && error.status === 416) return new Uint8Array()
    throw error
  }
}
