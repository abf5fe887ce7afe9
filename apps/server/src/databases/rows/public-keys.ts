import { TransferError } from '@ftp/protocol'
import * as v from 'valibot'
import type { PublicKeyRecord } from '../../state/public-keys.ts'

const schema = v.object({
  account: v.string(),
  fingerprint: v.string(),
  type: v.string(),
  blob: v.instance(Uint8Array),
  comment: v.string(),
  created: v.number(),
})

/** @throws TransferError `io` if the row is damaged */
export function parseKey(row: unknown): PublicKeyRecord {
  const result = v.safeParse(schema, row)
  if (!result.success)
    throw new TransferError('io', "the server's public keys are damaged; restore its state from a backup")
  return result.output
}
