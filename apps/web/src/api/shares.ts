import { arrayOf, numberOf, recordOf, textOf } from './parse.ts'
import { formatPath, type Path } from './path.ts'
import { request, requestJson } from './request.ts'

/** `read`: people get what is shared. `upload`: they put files into a folder, and see nothing in it. */
export type ShareAccess = 'read' | 'upload'

/** A link by which people without an account reach something of this one. */
export interface ShareLink {
  readonly id: string
  /** Undefined if it no longer leads anywhere. */
  readonly path: string | undefined
  readonly access: ShareAccess
  /** Milliseconds since 1970; undefined if it never expires. */
  readonly expires: number | undefined
  readonly uses: number
  /** How often it can be used; undefined if there is no limit. */
  readonly mostUses: number | undefined
  readonly hasPassword: boolean
}

export interface NewShareLink {
  readonly path: Path
  readonly access: ShareAccess
  /** Milliseconds since 1970; undefined for never. */
  readonly expires: number | undefined
  readonly mostUses: number | undefined
  readonly password: string | undefined
}

/** The links of the account. @throws ApiError */
export async function listShares(): Promise<readonly ShareLink[]> {
  return await requestJson('/shares', (value) => arrayOf(recordOf(value)['shares']).map(parseShare))
}

/** Makes a link. @returns its URL, which the server shows only now. @throws ApiError */
export async function addShare({ path, expires, ...rest }: NewShareLink): Promise<string> {
  const body = { ...rest, path: formatPath(path), ...(expires !== undefined && { expires: expires * 1_000 }) }
  const url = await requestJson('/shares', (value) => textOf(recordOf(value)['url']), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return new URL(url, location.origin).href
}

/** Removes a link: it opens nothing any more. @throws ApiError */
export async function removeShare(id: string): Promise<void> {
  await request(`/shares/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

function parseShare(value: unknown): ShareLink {
  const { id, path, access, expires, uses, mostUses, hasPassword } = recordOf(value)
  const end = numberOf(expires)
  return {
    id: textOf(id),
    path: typeof path === 'string' ? path : undefined,
    access: access === 'upload' ? 'upload' : 'read',
    expires: end === undefined ? undefined : Math.floor(end / 1_000),
    uses: numberOf(uses) ?? 0,
    mostUses: numberOf(mostUses),
    hasPassword: hasPassword === true,
  }
}
