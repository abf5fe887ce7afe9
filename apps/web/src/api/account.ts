import { arrayOf, numberOf, recordOf, textOf } from './parse.ts'
import { request, requestJson } from './request.ts'
import { basic } from './session.ts'

/** A browser in which the account is logged in. */
export interface SessionInfo {
  readonly id: string
  /** The address from which it logged in. */
  readonly address: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** Milliseconds since 1970. */
  readonly used: number
  /** Whether it is this browser. */
  readonly isCurrent: boolean
}

/** What a program logs in with, in place of the password. */
export interface Token {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** Milliseconds since 1970; undefined if it never expires. */
  readonly expires: number | undefined
}

export async function listSessions(): Promise<readonly SessionInfo[]> {
  return await requestJson('/sessions', (value) => arrayOf(recordOf(value)['sessions']).map(parseSession))
}

export async function endSession(id: string): Promise<void> {
  await request(`/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

export async function listTokens(): Promise<readonly Token[]> {
  return await requestJson('/tokens', (value) => arrayOf(recordOf(value)['tokens']).map(parseToken))
}

/** @returns the secret, which the server shows only now. @throws ApiError `exists` */
export async function addToken(name: string): Promise<string> {
  const parse = (value: unknown): string => textOf(recordOf(value)['secret'])
  return await requestJson('/tokens', parse, { method: 'POST', ...jsonBody({ name }) })
}

export async function removeToken(name: string): Promise<void> {
  await request(`/tokens/${encodeURIComponent(name)}`, { method: 'DELETE' })
}

/** What the server needs to know to change a password. */
export interface PasswordChange {
  readonly user: string
  readonly present: string
  readonly next: string
}

/** @throws ApiError with status 401 if the present password is wrong */
export async function changePassword({ user, present, next }: PasswordChange): Promise<void> {
  const { headers, body } = jsonBody({ password: next })
  await request('/password', {
    method: 'PUT',
    headers: { ...headers, Authorization: basic(user, present) },
    body,
  })
}

function jsonBody(value: object): { readonly headers: Record<string, string>; readonly body: string } {
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) }
}

function parseSession(value: unknown): SessionInfo {
  const { id, address, created, used, isCurrent } = recordOf(value)
  return {
    id: textOf(id),
    address: textOf(address),
    created: timeOf(created) ?? 0,
    used: timeOf(used) ?? 0,
    isCurrent: isCurrent === true,
  }
}

function parseToken(value: unknown): Token {
  const { name, created, expires } = recordOf(value)
  return { name: textOf(name), created: timeOf(created) ?? 0, expires: timeOf(expires) }
}

/** The server counts microseconds. */
function timeOf(value: unknown): number | undefined {
  const time = numberOf(value)
  return time === undefined ? undefined : time / 1_000
}
