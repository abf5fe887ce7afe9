import * as v from 'valibot'
import { count, type FieldsOf, text } from './fields.ts'

/** Who is logged in, and what they may do. */
export interface AccountInfo {
  readonly name: string
  /** Some of PERMISSIONS, and what later servers may add. */
  readonly permissions: readonly string[]
  /** The folder of the server that paths begin at, as its operator would write it: `/` is all that is served. */
  readonly home: string
  /** What is limited, and how much of it is used. */
  readonly quota?: QuotaInfo | undefined
}

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
  quota: v.optional(quotaInfo),
} satisfies FieldsOf<AccountInfo>)

export const PERMISSIONS = ['list', 'read', 'write', 'overwrite', 'delete', 'mkdir', 'move'] as const
export type Permission = (typeof PERMISSIONS)[number]
