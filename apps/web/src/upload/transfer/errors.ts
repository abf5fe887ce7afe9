import { ApiError } from '../../api/api-error.ts'

/** No answer, or one that asks for another try. A proxy answers 502 or 504 while the server behind it is away. */
const TEMPORARY = new Set([0, 408, 429, 502, 503, 504])

/** Whether the same request may succeed later. */
export function isTemporary(error: unknown): error is ApiError {
  return error instanceof ApiError && TEMPORARY.has(error.status)
}

/** Whether the server has refused a request for this reason. @param code of PROTOCOL.md */
export function hasCode(error: unknown, code: string): error is ApiError {
  return error instanceof ApiError && error.code === code
}
