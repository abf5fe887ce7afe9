import { numberOf, recordOf, textOf } from './parse.ts'
import { requestJson } from './request.ts'
import { basic } from './session.ts'

/** What a share link shares, as its guests see it. */
export type LinkTarget =
  | { readonly kind: 'file'; readonly name: string; readonly size: number; readonly time: number }
  | { readonly kind: 'folder'; readonly name: string }
  /** A folder that takes files, about which guests learn nothing. */
  | { readonly kind: 'upload' }

/**
 * Asks what a link shares. This is no use of it. After the right password, the browser need not send it again.
 * @param base the URL of the link
 * @throws ApiError `login` if it needs a password, or another one; `not_found` if there is no such link
 */
export async function readLink(base: string, password?: string): Promise<LinkTarget> {
  // Any name will do, but not none.
  const headers = password === undefined ? {} : { Authorization: basic('guest', password) }
  return await requestJson(`${base}?about`, parseTarget, { headers })
}

function parseTarget(value: unknown): LinkTarget {
  const { kind, name, size, mtime } = recordOf(value)
  if (kind === 'upload') return { kind }
  if (kind === 'folder') return { kind, name: textOf(name) }
  const time = Math.floor((numberOf(mtime) ?? 0) / 1_000)
  return { kind: 'file', name: textOf(name), size: numberOf(size) ?? 0, time }
}
