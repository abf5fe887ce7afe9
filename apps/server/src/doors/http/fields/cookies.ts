/**
 * The value of a cookie in a `Cookie` header; undefined if there is none. If a name comes twice, it counts as
 * missing: somebody may have planted one of the two.
 */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '').split(';').flatMap((pair) => {
    const [, key, value = ''] = /^\s*([^=\s]+)=([\x21-\x7e]*)\s*$/.exec(pair) ?? []
    return key === name ? [value] : []
  })
  return values.length === 1 ? values[0] : undefined
}

export interface CookieOptions {
  readonly name: string
  /** Empty to remove the cookie. */
  readonly value: string
  /** The path below which the browser sends it. */
  readonly path: string
  /** Whether it is sent inside TLS only. */
  readonly isSecure: boolean
  /** Whether the browser sends it when somebody follows a link from another site. */
  readonly isLax: boolean
  /** Undefined for a cookie that the browser forgets when it is closed. */
  readonly maxAgeSeconds: number | undefined
}

/** The value of a `Set-Cookie` header. Scripts never see the cookie. */
export function formatCookie({ name, value, path, isSecure, isLax, maxAgeSeconds }: CookieOptions): string {
  const age = value === '' ? 0 : maxAgeSeconds
  const parts = [`${name}=${value}`, `Path=${path}`, ...(age === undefined ? [] : [`Max-Age=${age}`])]
  return [...parts, 'HttpOnly', `SameSite=${isLax ? 'Lax' : 'Strict'}`, ...(isSecure ? ['Secure'] : [])].join(
    '; ',
  )
}
