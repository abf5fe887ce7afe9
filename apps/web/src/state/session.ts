import { signal } from '@preact/signals'
import { ApiError } from '../api/api-error.ts'
import * as api from '../api/session.ts'

/** What the page knows about its user. */
export type Session =
  | { readonly status: 'unknown' }
  /** Nobody is logged in. */
  | { readonly status: 'out'; readonly hasEnded: boolean }
  | { readonly status: 'in'; readonly account: api.Account }
  /** The server does not answer. */
  | { readonly status: 'lost' }

export const session = signal<Session>({ status: 'unknown' })

/** Whether the login is asked for although the server lets everybody in. */
export const wantsLogin = signal(false)

/** Asks the server who is logged in. */
export async function loadSession(): Promise<void> {
  try {
    session.value = { status: 'in', account: await api.readSession() }
  } catch (error) {
    session.value = isLoggedOut(error) ? { status: 'out', hasEnded: false } : { status: 'lost' }
  }
}

/** Asks again what the account may do and how much space there is; if that fails, what is known stays. */
export async function refreshAccount(): Promise<void> {
  if (session.value.status !== 'in') return
  try {
    session.value = { status: 'in', account: await api.readSession() }
  } catch (error) {
    endedBy(error)
  }
}

/** @throws ApiError */
export async function logIn(credentials: api.Credentials): Promise<void> {
  session.value = { status: 'in', account: await api.logIn(credentials) }
  wantsLogin.value = false
}

export async function logOut(): Promise<void> {
  await api.logOut()
  await loadSession()
}

/** Notices that the session was ended elsewhere. @returns whether this is what the error says */
export function endedBy(error: unknown): boolean {
  if (!isLoggedOut(error)) return false
  session.value = { status: 'out', hasEnded: true }
  return true
}

/** Whether the account that is logged in has a permission. */
export function may(permission: string): boolean {
  return session.value.status === 'in' && session.value.account.permissions.has(permission)
}

export function isAnonymous(): boolean {
  return session.value.status === 'in' && session.value.account.name === api.ANONYMOUS
}

function isLoggedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401
}
