import { arrayOf, numberOf, recordOf, textOf } from './parse.ts'
import { request, requestJson } from './request.ts'

/** How much of something an account may have, and has. */
export interface Limited {
  readonly limit: number
  readonly used: number
}

/** The account whose files the page shows. */
export interface Account {
  readonly name: string
  readonly permissions: ReadonlySet<string>
  /** In bytes; undefined if there is no limit, or what is used has not been counted yet. */
  readonly quota: Limited | undefined
  /** The free bytes on the disk of the server, if it tells. */
  readonly free: number | undefined
}

/** The name of the account of those who have not logged in, if the server lets them in. */
export const ANONYMOUS = 'anonymous'

/** Who is logged in. @throws ApiError `login` if nobody is, and the server lets nobody in without */
export async function readSession(): Promise<Account> {
  return await requestJson('/session', parseAccount)
}

export interface Credentials {
  readonly user: string
  readonly password: string
  /** Whether the login lasts when the browser is closed. */
  readonly isRemembered: boolean
}

/** @throws ApiError `login` if the password is wrong */
export async function logIn({ user, password, isRemembered }: Credentials): Promise<Account> {
  return await requestJson('/session', parseAccount, {
    method: 'POST',
    headers: { Authorization: basic(user, password), 'Content-Type': 'application/json' },
    body: JSON.stringify({ remember: isRemembered }),
  })
}

export async function logOut(): Promise<void> {
  await request('/session', { method: 'DELETE' })
}

function parseAccount(value: unknown): Account {
  const { account, permissions, quota, free } = recordOf(value)
  return {
    name: textOf(account),
    permissions: new Set(arrayOf(permissions).map(textOf)),
    quota: parseLimited(recordOf(quota)['bytes']),
    free: numberOf(free),
  }
}

function parseLimited(value: unknown): Limited | undefined {
  const { limit, used } = recordOf(value)
  const [most, now] = [numberOf(limit), numberOf(used)]
  return most === undefined || now === undefined ? undefined : { limit: most, used: now }
}

/** Credentials for Basic authentication, in UTF-8 (RFC 7617). */
export function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}
