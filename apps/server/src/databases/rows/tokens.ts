import { PERMISSIONS, TransferError } from '@ftp/protocol'
import * as v from 'valibot'
import type { TokenRecord } from '../../state/tokens.ts'

const optional = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? undefined),
)
const schema = v.object({
  account: v.string(),
  name: v.string(),
  permissions: v.pipe(
    v.nullable(v.pipe(v.string(), v.parseJson(), v.array(v.picklist(PERMISSIONS)))),
    v.transform((permissions) => permissions ?? undefined),
  ),
  created: v.number(),
  expires: optional,
  used: optional,
})

/** @throws TransferError `io` if the row is damaged */
export function parseToken(row: unknown): TokenRecord {
  const result = v.safeParse(schema, row)
  if (!result.success)
    throw new TransferError('io', "the server's tokens are damaged; restore its state from a backup")
  return result.output
}

/** @returns undefined if the row's token has expired at this time */
export function validToken(row: unknown, now: number): TokenRecord | undefined {
  const record = parseToken(row)
  return record.expires !== undefined && record.expires <= now ? undefined : record
}
