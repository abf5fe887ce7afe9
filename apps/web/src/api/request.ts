import { ApiError } from './api-error.ts'
import { recordOf, textOf } from './parse.ts'

/** Sends a request to this server. @throws ApiError if it is refused or lost */
export async function request(target: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetchOrLose(target, init)
  if (response.ok) return response
  throw await errorOf(response)
}

/**
 * Asks for JSON.
 * @param parse turns what came into what is wanted; it must expect anything
 * @throws ApiError if the request is refused or lost
 */
export async function requestJson<T>(
  target: string,
  parse: (value: unknown) => T,
  init: RequestInit = {},
): Promise<T> {
  const headers = new Headers(init.headers)
  headers.set('Accept', 'application/json')
  const response = await request(target, { ...init, headers })
  return parse(await response.json())
}

async function fetchOrLose(target: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(target, { credentials: 'same-origin', ...init })
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause
    throw new ApiError(0, 'lost', 'the server does not answer', { cause })
  }
}

/** Turns an answer that is no success into the error that it describes. */
export async function errorOf(response: Response): Promise<ApiError> {
  const problem = recordOf(await response.json().catch(() => undefined))
  const code = textOf(problem['code']) || 'internal'
  return new ApiError(response.status, code, textOf(problem['detail']) || response.statusText)
}
