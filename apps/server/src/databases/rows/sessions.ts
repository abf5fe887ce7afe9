import { TransferError } from '@ftp/protocol'
import * as v from 'valibot'
import { idOf, type SessionRecord } from '../../state/sessions.ts'

const schema = v.pipe(
  v.object({
    hash: v.instance(Uint8Array),
    account: v.string(),
    address: v.string(),
    created: v.number(),
    used: v.number(),
  }),
  v.transform(({ hash, ...rest }) => ({ id: idOf(hash), ...rest })),
)

/** @throws TransferError `io` if the row is damaged */
export function parseSession(row: unknown): SessionRecord {
  const result = v.safeParse(schema, row)
  if (!result.success)
    throw new TransferError('io', "the server's sessions are damaged; restore its state from a backup")
  return result.output
}
