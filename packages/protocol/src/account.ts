import * as v from 'valibot'
import { count, type FieldsOf, flag, text } from './fields.ts'

/** The account that is logged in, and its rights. */
export interface AccountInfo {
  readonly name: string
  /** A subset of PERMISSIONS; later servers may add others. */
  readonly permissions: readonly string[]
  /**
   * The folder of the server where paths begin, as its operator would write it: `/` is everything that is
   * served.
   */
  readonly home: string
  /** Whether the server also stores names that Windows cannot store. Default: no. */
  readonly anyNames?: boolean | undefined
  /** The limits, and how much of each is used. */
  readonly quota?: QuotaInfo | undefined
}

/** The limits of an account, in bytes and in number of files; a part that is not limited is absent. */
export interface QuotaInfo {
  readonly bytes?: { readonly limit: number; readonly used: number } | undefined
  readonly files?: { readonly limit: number; readonly used: number } | undefined
}

const limited = v.optional(v.object({ limit: count, used: count }))
export const quotaInfo = v.object({ bytes: limited, files: limited } satisfies FieldsOf<QuotaInfo>)

export const accountInfo = v.object({
  name: text,
  permissions: v.pipe(v.array(text), v.readonly()),
  home: text,
  anyNames: flag,
  quota: v.optional(quotaInfo),
} satisfies FieldsOf<AccountInfo>)

/** All permissions that an account can have. */
export const PERMISSIONS = ['list', 'read', 'write', 'overwrite', 'delete', 'mkdir', 'move'] as const
export type Permission = (typeof PERMISSIONS)[number]
