import * as v from 'valibot'
import { PERMISSIONS, type Permission } from './account.ts'
import { count, type FieldsOf, flag, hex, id, key, mtime, path, text } from './fields.ts'

/* The messages about what an account hands out: tokens for programs, and share links for people. */

/** What the people who have a share link may do: read, or only put files into a folder. */
export const LINK_ACCESS = ['read', 'upload'] as const
export type LinkAccess = (typeof LINK_ACCESS)[number]

/** A share link of the account, without its secret. Times are in microseconds since 1970. */
export interface ShareLink {
  /** Names the link; opens nothing. */
  readonly id: string
  /** Relative to the account's home; absent if the home has changed, so that the link works no longer. */
  readonly path?: string | undefined
  readonly access: LinkAccess
  readonly created: number
  readonly expires?: number | undefined
  /** How often it has been used. */
  readonly uses: number
  /** How often it can be used. */
  readonly mostUses?: number | undefined
  /** Its last use. */
  readonly used?: number | undefined
  /** Whether it has a password. */
  readonly hasPassword: boolean
}

/** A token of the account, without its secret. Times are in microseconds since 1970. */
export interface Token {
  /** Unique within the account. */
  readonly name: string
  /** The most that it allows; absent for everything that the account may do. */
  readonly permissions?: readonly string[] | undefined
  readonly created: number
  readonly expires?: number | undefined
  /** Its last use, to the minute. */
  readonly used?: number | undefined
}

/** The verifier of a password (RFC 5802, section 3), in hex. */
export const verifier = { salt: hex, iterations: count, storedKey: key, serverKey: key }

const permissions: v.GenericSchema<readonly Permission[]> = v.pipe(
  v.array(v.picklist(PERMISSIONS)),
  v.readonly(),
)

export const credentialRequests = [
  v.strictObject({
    id,
    type: v.literal('share'),
    path,
    access: v.picklist(LINK_ACCESS),
    /** Default: never. */
    expires: v.optional(mtime),
    /** Default: no limit. */
    mostUses: v.optional(count),
    /** Of the link's password, if it is to have one. */
    verifier: v.optional(v.strictObject(verifier)),
  }),
  v.strictObject({ id, type: v.literal('shares') }),
  v.strictObject({ id, type: v.literal('unshare'), link: text }),
  v.strictObject({
    id,
    type: v.literal('token'),
    name: text,
    /** Default: everything that the account may do. */
    permissions: v.optional(permissions),
    /** Default: never. */
    expires: v.optional(mtime),
  }),
  v.strictObject({ id, type: v.literal('tokens') }),
  v.strictObject({ id, type: v.literal('revoke'), name: text }),
] as const

const link = v.object({
  id: text,
  path: v.optional(text),
  access: v.picklist(LINK_ACCESS),
  created: mtime,
  expires: v.optional(mtime),
  uses: count,
  mostUses: v.optional(count),
  used: v.optional(mtime),
  hasPassword: v.boolean(),
} satisfies FieldsOf<ShareLink>)

const token = v.object({
  name: text,
  permissions: v.optional(v.pipe(v.array(text), v.readonly())),
  created: mtime,
  expires: v.optional(mtime),
  used: v.optional(mtime),
} satisfies FieldsOf<Token>)

export const credentialReplies = [
  /** A new link. Its secret is shown only now. */
  v.object({ id, type: v.literal('shared'), secret: text, link }),
  v.object({ id, type: v.literal('shares'), links: v.pipe(v.array(link), v.readonly()), last: flag }),
  /** A new token. Its secret is shown only now. */
  v.object({ id, type: v.literal('token'), secret: text, token }),
  v.object({ id, type: v.literal('tokens'), tokens: v.pipe(v.array(token), v.readonly()), last: flag }),
] as const
