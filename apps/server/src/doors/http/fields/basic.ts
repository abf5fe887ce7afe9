/** The longest header that is decoded, in characters. */
const LONGEST = 4_096

/** A user name and a password, or a token in its place. */
export interface Basic {
  readonly user: string
  readonly password: string
}

/** Decodes an `Authorization` header (RFC 7617, UTF-8); undefined if it has another scheme or form. */
export function parseBasic(authorization: string): Basic | undefined {
  if (authorization.length > LONGEST) return undefined
  const [, base64] = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization) ?? []
  if (base64 === undefined) return undefined
  const bytes = Buffer.from(base64, 'base64')
  const text = bytes.toString()
  const colon = text.indexOf(':')
  if (colon <= 0 || Buffer.compare(Buffer.from(text), bytes) !== 0) return undefined
  return { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
